"""python3-qpid-proton against a broker on 127.0.0.1: proton_checks.py PORT."""

import sys
import uuid

from urllib.parse import quote

import pika
from proton import (
    ConnectionException,
    Delivery,
    Described,
    Endpoint,
    Message,
    Terminus,
    symbol,
    ulong,
)
from proton.reactor import Container, Copy, Filter, LinkOption, Selector
from proton.utils import BlockingConnection, LinkDetached, SendException

from checks import PATIENCE_SECONDS, expect, run, unique


class broker:
    def __init__(self, port):
        self.port = port

    def connect(self, user="guest", password="guest", **options):
        return BlockingConnection(
            f"amqp://{user}:{password}@127.0.0.1:{self.port}",
            allowed_mechs="PLAIN",
            timeout=PATIENCE_SECONDS,
            **options,
        )

    def pika(self):
        return pika.BlockingConnection(
            pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{self.port}/%2f")
        )


def check_a_message_goes_there_and_comes_back_as_it_was(to):
    connection = to.connect()
    queue = unique("proton")
    sender = connection.create_sender(queue)
    sent = Message(
        body={"list": [1, 2.5, "three"], "nothing": None},
        id=uuid.uuid4(),
        correlation_id=17,
        user_id=b"guest",
        subject="subject",
        reply_to="replies",
        content_type=symbol("application/x-map"),
        content_encoding=symbol("identity"),
        group_id="group",
        group_sequence=4,
        creation_time=1234.5,
        durable=True,
        priority=9,
        ttl=60.0,
        properties={"text": "ü", "number": 2**40, "yes": True},
        annotations={symbol("x-opt-mine"): "kept"},
    )
    sender.send(sent)
    receiver = connection.create_receiver(queue)
    got = receiver.receive(timeout=PATIENCE_SECONDS)
    receiver.accept()
    for what in (
        "body id correlation_id user_id subject reply_to content_type content_encoding group_id"
        " group_sequence creation_time durable priority ttl properties first_acquirer delivery_count"
    ).split():
        expect(what, getattr(got, what), getattr(sent, what) if what != "first_acquirer" else True)
    expect("annotation", got.annotations[symbol("x-opt-mine")], "kept")
    connection.close()


def check_large_message_of_many_frames(to):
    connection = to.connect()
    queue = unique("proton")
    body = bytes(range(256)) * 20_000
    connection.create_sender(queue).send(Message(body=body, inferred=True))
    receiver = connection.create_receiver(queue)
    expect("body", bytes(receiver.receive(timeout=PATIENCE_SECONDS).body) == body, True)
    receiver.accept()
    connection.close()


def check_too_large_message_ends_its_link_alone(to):
    connection = to.connect()
    queue = unique("proton")
    sender = connection.create_sender(queue)
    try:
        sender.send(Message(body=b"x" * (17 << 20), inferred=True))
        raise AssertionError("taken")
    except LinkDetached as e:
        expect("condition", e.condition, "amqp:link:message-size-exceeded")
    # Under another name: the one that was closed is free only when its peer has closed it, too.
    connection.create_sender(queue, name=unique("link")).send(Message(body="small"))
    connection.close()


def check_link_name_in_use_ends_the_session_alone(to):
    connection = to.connect()
    queue = unique("proton")
    name = unique("link")
    connection.create_sender(queue, name=name).send(Message(body="a"))
    other = to.connect()
    other.create_sender(queue, name=name).send(Message(body="another container's"))
    other.close()
    connection.close()


def check_released_comes_again_and_rejected_does_not(to):
    connection = to.connect()
    queue = unique("proton")
    sender = connection.create_sender(queue)
    sender.send(Message(body="a"))
    receiver = connection.create_receiver(queue, credit=1)
    receiver.receive(timeout=PATIENCE_SECONDS)
    receiver.release(delivered=False)
    again = receiver.receive(timeout=PATIENCE_SECONDS)
    expect("body", again.body, "a")
    expect("first_acquirer", again.first_acquirer, False)
    receiver.reject()
    receiver.close()
    pk = to.pika()
    left = pk.channel().queue_declare(queue, passive=True).method.message_count
    expect("left", left, 0)
    pk.close()
    connection.close()


def check_modified_delivery_failed_counts(to):
    connection = to.connect()
    queue = unique("proton")
    connection.create_sender(queue).send(Message(body="a"))
    receiver = connection.create_receiver(queue, credit=1)
    receiver.receive(timeout=PATIENCE_SECONDS)
    receiver.release(delivered=True)  # modified without delivery-failed
    got = receiver.receive(timeout=PATIENCE_SECONDS)
    expect("count", got.delivery_count, 0)
    expect("first acquirer", got.first_acquirer, False)
    receiver.fetcher.unsettled[0].local.failed = True
    receiver.release(delivered=True)
    expect("count", receiver.receive(timeout=PATIENCE_SECONDS).delivery_count, 1)
    receiver.accept()
    connection.close()


def check_what_is_not_settled_comes_back_when_the_connection_ends(to):
    connection = to.connect()
    queue = unique("proton")
    connection.create_sender(queue).send(Message(body="a"))
    receiver = connection.create_receiver(queue)
    receiver.receive(timeout=PATIENCE_SECONDS)
    connection.close()
    connection = to.connect()
    receiver = connection.create_receiver(queue)
    expect("body", receiver.receive(timeout=PATIENCE_SECONDS).body, "a")
    receiver.accept()
    connection.close()


def check_addresses_of_queues_and_exchanges(to):
    pk = to.pika()
    channel = pk.channel()
    queue = unique("a/b ü")
    exchange = unique("exchange")
    channel.queue_declare(queue)
    channel.exchange_declare(exchange, "topic", auto_delete=True)
    channel.queue_bind(queue, exchange, "k.#")
    from urllib.parse import quote

    connection = to.connect()
    name = quote(queue, safe="")
    connection.create_sender(f"/queues/{name}").send(Message(body="1"))
    connection.create_sender(f"/exchanges/{exchange}/k.one").send(Message(body="2"))
    by_subject = connection.create_sender(f"/exchanges/{exchange}")
    by_subject.send(Message(body="3", subject="k.two"))
    anonymous = connection.create_sender(None)
    anonymous.send(Message(body="4", address=f"/queues/{name}"))
    try:
        by_subject.send(Message(body="5", subject="other"))
        raise AssertionError("taken")
    except SendException as e:
        expect("outcome", e.state, Delivery.RELEASED)
    receiver = connection.create_receiver(f"/queues/{name}")
    bodies = []
    for _ in range(4):
        bodies.append(receiver.receive(timeout=PATIENCE_SECONDS).body)
        receiver.accept()
    expect("bodies", bodies, ["1", "2", "3", "4"])
    connection.close()
    channel.queue_delete(queue)
    pk.close()


def refused_link(make, condition):
    try:
        make()
        raise AssertionError("not refused, wanted " + condition)
    except LinkDetached as e:
        expect("condition", e.condition, condition)


def check_refused_links_say_why(to):
    connection = to.connect()
    refused_link(lambda: connection.create_sender("/queues/" + unique("no")), "amqp:not-found")
    refused_link(lambda: connection.create_receiver("/queues/" + unique("no")), "amqp:not-found")
    refused_link(lambda: connection.create_sender("/exchanges/" + unique("no")), "amqp:not-found")
    refused_link(lambda: connection.create_receiver("/exchanges/amq.topic/x"), "amqp:not-allowed")
    refused_link(lambda: connection.create_sender("/nonsense"), "amqp:invalid-field")
    connection.create_sender(unique("proton")).send(Message(body="the connection lives on"))
    connection.close()


def check_dynamic_node_goes_with_its_link(to):
    connection = to.connect()
    receiver = connection.create_receiver(None, dynamic=True)
    address = receiver.link.remote_source.address
    connection.create_sender(address).send(Message(body="x"))
    expect("body", receiver.receive(timeout=PATIENCE_SECONDS).body, "x")
    receiver.accept()
    receiver.close()
    refused_link(lambda: connection.create_receiver("/queues/" + address), "amqp:not-found")
    connection.close()


def check_wrong_password_is_refused(to):
    try:
        to.connect(password="wrong")
        raise AssertionError("let in")
    except ConnectionException:
        pass


def check_from_amqp_0_9_1(to):
    pk = to.pika()
    channel = pk.channel()
    queue = unique("mixed")
    channel.queue_declare(queue, durable=True)
    channel.basic_publish(
        "",
        queue,
        b"bytes",
        pika.BasicProperties(
            content_type="text/plain",
            content_encoding="utf-8",
            headers={"text": "ü", "int": 5, "yes": True, "x-mine": "annotation"},
            delivery_mode=2,
            priority=3,
            correlation_id="correlation",
            reply_to="replies",
            message_id="id",
            timestamp=1_700_000_000,
            type="kind",
            user_id="guest",
            app_id="app",
        ),
    )
    connection = to.connect()
    receiver = connection.create_receiver(queue)
    got = receiver.receive(timeout=PATIENCE_SECONDS)
    receiver.accept()
    expect("body", bytes(got.body), b"bytes")
    expect("content_type", str(got.content_type), "text/plain")
    expect("content_encoding", str(got.content_encoding), "utf-8")
    expect("properties", got.properties, {"text": "ü", "int": 5, "yes": True})
    expect("x-mine", got.annotations[symbol("x-mine")], "annotation")
    expect("x-basic-type", got.annotations[symbol("x-basic-type")], "kind")
    expect("x-routing-key", got.annotations[symbol("x-routing-key")], queue)
    expect("durable", got.durable, True)
    expect("priority", got.priority, 3)
    expect("correlation_id", got.correlation_id, "correlation")
    expect("reply_to", got.reply_to, "replies")
    expect("id", got.id, "id")
    expect("creation_time", got.creation_time, 1_700_000_000.0)
    expect("user_id", bytes(got.user_id), b"guest")
    expect("group_id", got.group_id, "app")
    connection.close()
    pk.close()


def check_to_amqp_0_9_1(to):
    connection = to.connect()
    queue = unique("mixed")
    sender = connection.create_sender(queue)
    sender.send(
        Message(
            body=b"bytes",
            inferred=True,
            id="id",
            correlation_id=uuid.UUID(int=5),
            user_id=b"guest",
            reply_to="replies",
            content_type=symbol("text/plain"),
            creation_time=1_700_000_000.0,
            durable=True,
            priority=3,
            properties={"text": "ü", "int": 5},
        )
    )
    sender.send(Message(body="a value"))
    pk = to.pika()
    channel = pk.channel()
    _, p, body = channel.basic_get(queue, auto_ack=True)
    expect("body", body, b"bytes")
    expect("message_id", p.message_id, "id")
    expect("correlation_id", p.correlation_id, "urn:uuid:00000000-0000-0000-0000-000000000005")
    expect("user_id", p.user_id, "guest")
    expect("reply_to", p.reply_to, "replies")
    expect("content_type", p.content_type, "text/plain")
    expect("timestamp", p.timestamp, 1_700_000_000)
    expect("delivery_mode", p.delivery_mode, 2)
    expect("priority", p.priority, 3)
    expect("headers", (p.headers["text"], p.headers["int"]), ("ü", 5))
    _, p, body = channel.basic_get(queue, auto_ack=True)
    expect("type", p.type, "amqp-1.0")
    pk.close()
    connection.close()


def check_drain_ends_waiting_at_once(to):
    connection = to.connect()
    queue = unique("proton")
    connection.create_sender(queue).send(Message(body="a"))
    receiver = connection.create_receiver(queue, credit=0)
    receiver.link.drain(10)
    receiver.connection.wait(lambda: receiver.link.drained() == 9 or not receiver.link.credit)
    expect("credit", receiver.link.credit, 0)
    expect("body", receiver.receive(timeout=PATIENCE_SECONDS).body, "a")
    receiver.accept()
    connection.close()


def container(name):
    made = Container()
    made.container_id = name
    return made


def check_link_attached_elsewhere_is_stolen_with_what_it_holds(to):
    queue, name = unique("stolen"), unique("container")
    first = to.connect(container=container(name))
    first.create_sender(queue).send(Message(body="a"))
    older = first.create_receiver(queue, name="link")
    expect("body", older.receive(timeout=PATIENCE_SECONDS).body, "a")
    second = to.connect(container=container(name))
    newer = second.create_receiver(queue, name="link")
    got = newer.receive(timeout=PATIENCE_SECONDS)
    expect("body", (got.body, got.first_acquirer), ("a", False))
    try:
        older.receive(timeout=PATIENCE_SECONDS)
        raise AssertionError("the older link lives on")
    except LinkDetached as e:
        expect("condition", e.condition, "amqp:link:stolen")
    newer.accept()
    # The older connection lives on.
    first.create_sender(queue, name="other").send(Message(body="b"))
    expect("body", newer.receive(timeout=PATIENCE_SECONDS).body, "b")
    newer.accept()
    first.close()
    second.close()


def check_link_that_sends_is_stolen_too(to):
    queue, name = unique("stolen"), unique("container")
    first = to.connect(container=container(name))
    older = first.create_sender(queue, name="link")
    older.send(Message(body="a"))
    second = to.connect(container=container(name))
    second.create_sender(queue, name="link").send(Message(body="b"))
    try:
        first.wait(lambda: older.link.state & Endpoint.REMOTE_CLOSED, timeout=PATIENCE_SECONDS)
        raise AssertionError("the older link lives on")
    except LinkDetached as e:
        expect("condition", e.condition, "amqp:link:stolen")
    first.close()
    second.close()


def check_links_of_one_name_in_several_containers_are_several(to):
    queue = unique("names")
    first = to.connect()
    second = to.connect()
    one = first.create_sender(queue, name="link")
    two = second.create_sender(queue, name="link")
    one.send(Message(body="a"))
    two.send(Message(body="b"))
    one.send(Message(body="c"))
    first.close()
    second.close()


class paired(LinkOption):
    def apply(self, link):
        link.properties = {symbol("paired"): True}


class management:
    """A pair of links to the management node."""

    def __init__(self, connection, credit):
        self.sender = connection.create_sender("/management", name="pair", options=paired())
        self.receiver = connection.create_receiver(
            "/management", name="pair", options=paired(), credit=credit
        )
        self.asked = 0

    def send(self, method, to, body=None, reply_to="$me"):
        self.asked += 1
        request = Message(id=self.asked, subject=method, address=to, reply_to=reply_to, body=body)
        self.sender.send(request)

    def ask(self, *request, **more):
        self.send(*request, **more)
        got = self.receiver.receive(timeout=PATIENCE_SECONDS)
        expect("correlation", got.correlation_id, self.asked)
        expect("kind", got.properties, {"http:response": "1.1"})
        return got

    def expect(self, status, *request, **more):
        got = self.ask(*request, **more)
        expect(f"status of {request}: {got.body}", got.subject, str(status))
        return got.body


def check_management_of_queues(to):
    connection = to.connect()
    node = management(connection, 10)
    queue = unique("managed") + "/%2F"
    path = "/queues/" + quote(queue, safe="")
    node.expect(404, "GET", path)
    node.expect(201, "PUT", path, {"durable": False})
    node.expect(200, "PUT", path, {"durable": False})
    expect("sentence", "durable" in node.expect(409, "PUT", path, {"durable": True}), True)
    got = node.expect(200, "GET", path)
    expect("queue", (got["name"], got["durable"], got["vhost"]), (queue, False, "/"))
    node.expect(400, "PUT", path, {"colour": "red"})
    node.expect(400, "PUT", path, {"durable": "yes"})
    node.expect(400, "PUT", path, {"arguments": {"x-nonsense": 1}})
    node.expect(400, "PUT", path, "a string")
    node.expect(400, "PUT", "/queues/")
    node.expect(400, "PUT", "/queues/%zz")
    node.expect(400, "PUT", "/queues/a%0Ab")
    node.expect(403, "PUT", "/queues/amq.mine")
    node.expect(405, "POST", path)
    node.expect(404, "GET", "/nothing/here")
    node.expect(404, "GET", "/")
    node.expect(400, "GET", "queues")
    node.expect(400, "GET", path, reply_to="elsewhere")
    connection.create_sender(path).send(Message(body="one"))
    expect("purged", node.expect(200, "DELETE", path + "/messages")["message_count"], 1)
    node.expect(404, "DELETE", "/queues/none.such/messages")
    expect("deleted", node.expect(200, "DELETE", path)["message_count"], 0)
    connection.close()


def check_management_of_exchanges_and_bindings(to):
    connection = to.connect()
    node = management(connection, 10)
    queue, source = unique("managed"), unique("managed")
    exchange = "/exchanges/" + source
    node.expect(201, "PUT", "/queues/" + queue, {})
    node.expect(204, "PUT", exchange, {"type": "topic"})
    node.expect(409, "PUT", exchange, {"type": "fanout"})
    node.expect(400, "PUT", exchange, {"type": "odd"})
    expect("type", node.expect(200, "GET", exchange)["type"], "topic")
    node.expect(403, "PUT", "/exchanges/", {"type": "topic"})
    node.expect(403, "DELETE", "/exchanges/amq.topic")
    bind = {"source": source, "destination_queue": queue, "binding_key": "a b+c"}
    node.expect(204, "POST", "/bindings", bind)
    node.expect(404, "POST", "/bindings", {**bind, "destination_queue": "none.such"})
    node.expect(400, "POST", "/bindings", {"source": source, "binding_key": "k"})
    node.expect(403, "POST", "/bindings", {**bind, "source": ""})
    query = f"/bindings?src={source}&dstq={queue}&key=a+b%2Bc"
    [binding] = node.expect(200, "GET", query)
    expect("key", binding["binding_key"], "a b+c")
    node.expect(204, "DELETE", binding["location"])
    expect("bindings", node.expect(200, "GET", query), [])
    node.expect(204, "DELETE", binding["location"])
    node.expect(400, "GET", "/bindings")
    node.expect(400, "DELETE", "/bindings/nonsense")
    node.expect(204, "DELETE", exchange)
    node.expect(200, "DELETE", "/queues/" + queue)
    connection.close()


def check_management_stops_taking_requests_whose_answers_nobody_reads(to):
    connection = to.connect()
    node = management(connection, 0)
    for _ in range(100):
        node.send("GET", "/exchanges/amq.topic")
    expect("credit", node.sender.link.credit, 0)
    node.receiver.link.flow(250)
    for i in range(1, 101):
        got = node.receiver.receive(timeout=PATIENCE_SECONDS)
        expect("correlation", got.correlation_id, i)
    for _ in range(150):
        node.expect(200, "GET", "/exchanges/amq.topic")


def numbered(to, connection, count):
    queue = unique("proton")
    sender = connection.create_sender(queue)
    for n in range(count):
        sender.send(Message(body=n, properties={"n": n}))
    sender.close()
    return queue


def filters(receiver):
    data = receiver.link.remote_source.filter
    data.rewind()
    return (data.get_object() if data.next() else None) or {}


def check_copy_mode_shows_messages_and_leaves_them(to):
    connection = to.connect()
    queue = numbered(to, connection, 3)
    browser = connection.create_receiver(queue, options=Copy())
    expect("mode", browser.link.remote_source.distribution_mode, Terminus.DIST_MODE_COPY)
    expect("shown", [browser.receive(timeout=PATIENCE_SECONDS).body for _ in range(3)], [0, 1, 2])
    connection.create_sender(queue).send(Message(body=3))
    expect("what comes later", browser.receive(timeout=PATIENCE_SECONDS).body, 3)
    browser.close()
    receiver = connection.create_receiver(queue)
    got = receiver.receive(timeout=PATIENCE_SECONDS)
    receiver.accept()
    expect("consumed", (got.body, got.delivery_count), (0, 0))
    connection.close()


def check_selector_is_named_in_the_answer_and_applied(to):
    connection = to.connect()
    queue = numbered(to, connection, 6)
    by_name = connection.create_receiver(queue, options=Selector("n >= 4"))
    expect("named", [str(name) for name in filters(by_name)], ["selector"])
    for n in (4, 5):
        expect("by name", by_name.receive(timeout=PATIENCE_SECONDS).body, n)
        by_name.accept()
    by_name.close()
    code = Filter({symbol("mine"): Described(ulong(0x0000468C00000004), "n BETWEEN 1 AND 2")})
    by_code = connection.create_receiver(queue, options=code)
    for n in (1, 2):
        expect("by code", by_code.receive(timeout=PATIENCE_SECONDS).body, n)
        by_code.accept()
    by_code.close()
    connection.close()


def check_a_filter_that_is_not_known_is_left_out_of_the_answer(to):
    connection = to.connect()
    queue = numbered(to, connection, 1)
    unknown = Filter({symbol("mine"): Described(symbol("example:unknown"), "n = 5")})
    receiver = connection.create_receiver(queue, options=unknown)
    expect("filters", filters(receiver), {})
    expect("message", receiver.receive(timeout=PATIENCE_SECONDS).body, 0)
    receiver.accept()
    connection.close()


def check_a_selector_that_cannot_be_read_refuses_the_link(to):
    connection = to.connect()
    queue = numbered(to, connection, 1)
    try:
        connection.create_receiver(queue, options=Selector("n ="))
    except LinkDetached as e:
        expect("condition", e.condition, "amqp:invalid-field")
        expect("sentence", "character 4: found the end" in str(e), True)
    else:
        raise AssertionError("the link was attached")
    connection.close()


run(globals().copy(), to=broker(int(sys.argv[1])))
