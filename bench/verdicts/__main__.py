import asyncio, sys, tempfile, json
from pathlib import Path
from bench.verdicts import ours
from bench.verdicts.case import read_corpus
from bench.verdicts.score import is_right
from midflight.shadow.choice import ShadowChoice
import time
cases = read_corpus()
if len(sys.argv) > 2: cases = [c for c in cases if sys.argv[2] in c.id]
print(len(cases))
t=time.time()
with tempfile.TemporaryDirectory(dir="/tmp/lab/corpus") as d:
    v, seen = asyncio.run(ours.run(cases, Path(d), ShadowChoice(sys.argv[1])))
print(v, time.time()-t)
for c in cases:
    if c.id not in seen: continue
    s = seen[c.id]
    said = s.said if c.hazards[0]=="no-lock-timeout" else ours.without(s.said, ours.OF_WHOLE_FILE)
    if not is_right(c, said) or len(sys.argv) > 2:
        print(c.id, "|", c.verdict, c.hazards, "| said", said.rules); print("    ", "\n     ".join(s.statements))
