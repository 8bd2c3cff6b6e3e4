"""Agents with an open page: how long a hint takes to reach them all, and what they cost the web process."""

import asyncio
import time

from accounts.models import User
from helpdesk.bench.dataset import AGENT, Ground
from helpdesk.bench.measuring import Result, from_times
from helpdesk.bench.servers import free_ports, held_by, listens, wait_for, web
from tickets.models import Event
from web.common.live import announce, desk_token

# Hints for each repetition are many times those of an ordinary day; between two of them lies a pause.
HINTS = 20
PAUSE = 0.5


def live(ground: Ground) -> list[Result]:
    """Every agent sees all queues, so every hint goes to every one of them."""
    port = free_ports(1)
    with web(port) as server:
        wait_for(lambda: listens(port), "the web process")
        before = held_by(server)
        token = desk_token(User.objects.get(email=AGENT))
        event = Event.objects.filter(ticket__queue__in=ground.queues).select_related("ticket").latest("id")
        times = asyncio.run(_listen(port, token, ground.agents, event))
        memory = held_by(server)
    more = {"agents": ground.agents, "mb_per_agent": round((memory - before) / ground.agents, 3)}
    return [from_times("live", times, tickets=ground.tickets, per_s=None, peak_mb=memory, more=more)]


async def _listen(port: int, token: str, agents: int, event: Event) -> list[float]:
    """Seconds from the publishing of each hint to its arrival at each of the agents."""
    streams = [await _open(port, token) for _n in range(agents)]
    times: list[float] = []
    for _hint in range(HINTS):
        heard = [asyncio.create_task(_hear(reader)) for reader, _writer in streams]
        await asyncio.sleep(PAUSE)
        published = time.perf_counter()
        await asyncio.to_thread(announce, event)
        times += [moment - published for moment in await asyncio.wait_for(asyncio.gather(*heard), timeout=30)]
    for _reader, writer in streams:
        writer.close()
    return times


async def _open(port: int, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live/?token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise AssertionError(f"the stream was refused: {status!r}")
    await reader.readuntil(b"retry: 3000\n\n")
    return reader, writer


async def _hear(reader: asyncio.StreamReader) -> float:
    """The moment of the next hint; signs of life in between are passed over."""
    await reader.readuntil(b"event: hint\n")
    return time.perf_counter()
