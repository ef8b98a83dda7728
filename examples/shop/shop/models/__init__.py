"""All tables of the shop. Importing this package fills `Base.metadata`."""

from shop.database import Base
from shop.models.customers import Customer, LoyaltyTier
from shop.models.inventory import Inventory
from shop.models.items import Item
from shop.models.orders import Order, OrderLine, OrderStatus
from shop.models.users import User

__all__ = ["Base", "Customer", "Inventory", "Item", "LoyaltyTier", "Order", "OrderLine", "OrderStatus", "User"]
