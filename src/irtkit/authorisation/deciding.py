"""Who must agree to the updates of a message, in the order in which the registry comes to them.

An update that names something which a later one adds is come back to, as the registry does; what came before counts
as taken, because all of a message shall be taken. So the plans say what the whole message needs, and no credential
changes what is asked for.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from irtkit.authorisation.plans import Plan
from irtkit.authorisation.scene import Request, Scene
from irtkit.authorisation.strategies import requirements_of
from irtkit.authorisation.ways import Examiner
from irtkit.authorisation.world import World
from irtkit.rpsl import RpslObject
from irtkit.validation.objects import Objects, ObjectSet
from irtkit.validation.options import Options

if TYPE_CHECKING:
    from irtkit.authorisation.requirements import Missing
    from irtkit.authorisation.territory import Place

__all__ = ["authorise"]

_DEFAULTS: Final = Options()


def authorise(
    requests: Iterable[Request],
    against: Objects | Iterable[RpslObject] | None = None,
    *,
    registry: str = "ripe",
    options: Options = _DEFAULTS,
) -> list[Plan]:
    """Return a plan for each of the updates of one message, in their order.

    *against* is what is stored: a database, or its objects, which then are all there are of their classes. Objects
    without `source:` belong to *registry*. Of *options* only `passwords` counts: whether the registry still takes
    them. The rules are those of RIPE's software.

    Any objects will do. Cost: a few look-ups for each name in the objects, and a millisecond for each password and
    hash that are compared.
    """
    if against is None or isinstance(against, Iterable):
        against = ObjectSet(against or (), registry=registry, complete=True)
    return _Session(list(requests), against, registry, options).carried_out()


class _Session:
    """The updates of one message, each planned when what it needs is there."""

    def __init__(self, requests: list[Request], below: Objects, registry: str, options: Options) -> None:
        self._requests = requests
        self._registry = registry
        announced = (request.object for request in requests if not request.deletion)
        self._world = World(below, announced, registry)
        self._examiner = Examiner(passwords=options.passwords)
        self._plans: dict[int, Plan] = {}
        self._queue = [(1, number) for number in range(len(requests))]
        self._blocked: dict[int, set[Place]] = {}
        self._waiting: dict[Place, list[int]] = {}

    def carried_out(self) -> list[Plan]:
        """Return the plans."""
        turn = 1
        while self._queue:
            turn, number = heappop(self._queue)
            self._come_to(turn, number, patient=True)
        for number in range(len(self._requests)):  # what waits for one another, or for nothing that will come
            if number not in self._plans:
                self._come_to(turn, number, patient=False)
                while self._queue:
                    self._come_to(*heappop(self._queue), patient=True)
        return [self._plans[number] for number in range(len(self._requests))]

    def _come_to(self, turn: int, number: int, *, patient: bool) -> None:
        scene = Scene(self._requests[number], self._world, self._examiner, self._registry)
        requirements = requirements_of(scene)
        awaited = {place for place in scene.awaited if place != scene.place or scene.request.deletion}
        if awaited and patient:
            self._blocked[number] = awaited
            for place in awaited:
                self._waiting.setdefault(place, []).append(number)
            return
        self._blocked.pop(number, None)
        missing = (one for requirement in requirements for one in requirement.missing if not requirement.satisfied)
        found: dict[tuple[tuple[str, ...], str], Missing] = {}
        for one in (*missing, *scene.missing.values()):
            found.setdefault((one.classes, one.key), one)
        key = scene.key or ""
        self._plans[number] = Plan(scene.class_name, key, scene.operation, requirements, tuple(found.values()))
        self._take(turn, number, scene)

    def _take(self, turn: int, number: int, scene: Scene) -> None:
        """Count an update as taken, and come back to those that waited for it."""
        place = scene.place
        if place is None:
            return
        if scene.request.deletion:
            self._world.remove(place)
            return
        self._world.add(scene.object)
        for waiting in self._waiting.pop(place, ()):
            blocked = self._blocked.get(waiting)
            if blocked is not None:
                blocked.discard(place)
                if not blocked:
                    del self._blocked[waiting]
                    heappush(self._queue, (turn + (waiting < number), waiting))
