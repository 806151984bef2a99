"""The socket a server listens on."""

import asyncio
import socket

from watchkeeper.app.listening import listen


def test_a_reply_in_pieces_waits_for_no_acknowledgement() -> None:
    """A listener that did not say it is TCP cost every reply in two pieces 40 ms, whatever it asked."""

    async def answered() -> int:
        taken: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            taken.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listen("127.0.0.1", 0) as listener:
            server = await asyncio.start_server(connected, sock=listener)
            _, writer = await asyncio.open_connection(*listener.getsockname())
            no_delay = await asyncio.wait_for(taken, 10)
            writer.close()
            server.close()
        return no_delay

    assert asyncio.run(answered()) != 0
