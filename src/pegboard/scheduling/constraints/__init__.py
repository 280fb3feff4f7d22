"""One file per constraint; `ALL` is what the referee checks. No constraint file imports another."""

from pegboard.scheduling.constraint import Constraint
from pegboard.scheduling.constraints.blocking import Blocking
from pegboard.scheduling.constraints.calendar import Calendar
from pegboard.scheduling.constraints.capacity import Capacity
from pegboard.scheduling.constraints.changeover import Changeover
from pegboard.scheduling.constraints.eligibility import Eligibility
from pegboard.scheduling.constraints.gap import Gap
from pegboard.scheduling.constraints.maintenance import Maintenance
from pegboard.scheduling.constraints.material import Material
from pegboard.scheduling.constraints.oven import Oven
from pegboard.scheduling.constraints.overlap import Overlap
from pegboard.scheduling.constraints.pinned import Pinned
from pegboard.scheduling.constraints.precedence import Precedence
from pegboard.scheduling.constraints.release import Release
from pegboard.scheduling.constraints.storage import Storage
from pegboard.scheduling.constraints.stretch import Stretch
from pegboard.scheduling.constraints.travel import Travel
from pegboard.scheduling.constraints.weekly import Weekly

ALL: tuple[Constraint, ...] = (
    Release(),
    Material(),
    Precedence(),
    Overlap(),
    Gap(),
    Eligibility(),
    Calendar(),
    Stretch(),
    Oven(),
    Capacity(),
    Blocking(),
    Storage(),
    Changeover(),
    Travel(),
    Maintenance(),
    Weekly(),
    Pinned(),
)
