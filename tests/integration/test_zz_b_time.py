import time, pytest
from django.utils import timezone
from tests.screens import SCREENS, ask, build, visitor
pytestmark = pytest.mark.django_db
def test_time():
    world = build(timezone.localdate())
    for s in SCREENS:
        if "reminders" in s.name or "settings-rule" in s.name:
            c = visitor(s, world); ask(c, world, s)
            took=[]
            for _ in range(20):
                a=time.perf_counter(); r=ask(c, world, s); took.append(time.perf_counter()-a)
            took.sort()
            print(f"{s.name:32} median {took[10]*1000:.0f} p95 {took[18]*1000:.0f} ms  {len(r.content)//1024} KB")
