"""Telling the server: in order, once, and without losing a run to a server that is away or refuses."""

from watchkeeper.app.client import ApiClient
from watchkeeper.app.run_delivery import Delivery
from watchkeeper.domain.errors import InvalidInputError, UnavailableError

CLIENT = ApiClient("http://127.0.0.1:9")


class Server:
    """Takes requests while it is up."""

    def __init__(self) -> None:
        self.up = True
        self.taken: list[str] = []

    def takes(self, what: str):
        def send(_: ApiClient) -> None:
            if not self.up:
                raise UnavailableError("it is away")
            self.taken.append(what)

        return send


def test_requests_wait_for_a_server_that_is_away_and_come_in_order() -> None:
    server, delivery = Server(), Delivery(CLIENT)
    delivery.send(server.takes("one"))
    server.up = False
    delivery.send(server.takes("two"))
    delivery.send(server.takes("three"))
    assert (server.taken, delivery.undelivered) == (["one"], 2)
    server.up = True
    delivery.send(server.takes("four"))
    assert (server.taken, delivery.undelivered) == (["one", "two", "three", "four"], 0)


def test_a_refused_request_is_counted_and_holds_nothing_up() -> None:
    def refused(_: ApiClient) -> None:
        raise InvalidInputError("not like this")

    server, delivery = Server(), Delivery(CLIENT)
    delivery.send(refused)
    delivery.send(server.takes("next"))
    assert server.taken == ["next"]
    assert (delivery.undelivered, delivery.pending) == (1, [])
    assert delivery.refused[0].message == "not like this"


def test_what_waits_goes_to_the_server_that_took_its_place() -> None:
    asked: list[ApiClient] = []

    def send(client: ApiClient) -> None:
        asked.append(client)
        if client is CLIENT:
            raise UnavailableError("it is away")

    delivery = Delivery(CLIENT)
    delivery.send(send)
    other = ApiClient("http://127.0.0.1:10")
    assert delivery.flush_to(other)
    assert asked == [CLIENT, other]
