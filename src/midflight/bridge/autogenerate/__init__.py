"""What autogenerate writes: safe operations in place of stock ones, in as many revisions as transactions demand."""
