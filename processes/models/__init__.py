"""The tables of processes, one module for each part."""

from processes.models.impulse import Impulse, Timer
from processes.models.process import Process, Version
from processes.models.run import Run, Step
from processes.models.task import Decision, Task

__all__ = ["Decision", "Impulse", "Process", "Run", "Step", "Task", "Timer", "Version"]
