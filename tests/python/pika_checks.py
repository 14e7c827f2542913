"""AMQP 0-9-1 as pika sees it. Usage: pika_checks.py PORT"""

import datetime
import sys
import threading

import pika
from pika import exceptions
from checks import PATIENCE_SECONDS, expect, refused, run, unique

PORT = int(sys.argv[1])


def connect(user="guest", password="guest", vhost="/", **options):
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            "127.0.0.1", PORT, vhost, pika.PlainCredentials(user, password), socket_timeout=PATIENCE_SECONDS, **options
        )
    )


class fresh:
    """A connection, a channel and an exclusive queue of its own."""

    def __enter__(self):
        self.connection = connect()
        self.channel = self.connection.channel()
        self.queue = self.channel.queue_declare("", exclusive=True).method.queue
        return self.channel, self.queue

    def __exit__(self, *_):
        if self.connection.is_open:
            self.connection.close()


def drain(channel, queue):
    bodies = []
    while True:
        method, _, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return bodies
        bodies.append(body)


def check_publish_and_get():
    with fresh() as (channel, queue):
        channel.basic_publish("", queue, b"one")
        method, properties, body = channel.basic_get(queue)
        expect("body", body, b"one")
        expect("redelivered", method.redelivered, False)
        channel.basic_ack(method.delivery_tag)
        expect("empty", channel.basic_get(queue), (None, None, None))


def check_properties_and_headers():
    with fresh() as (channel, queue):
        sent = pika.BasicProperties(
            content_type="text/plain",
            content_encoding="utf-8",
            delivery_mode=2,
            priority=4,
            correlation_id="c",
            reply_to="r",
            message_id="m",
            timestamp=1700000000,
            type="t",
            user_id="guest",
            app_id="a",
            cluster_id="k",
            headers={
                "text": "ü",
                "int": 42,
                "long": 1 << 40,
                "negative": -7,
                "bool": False,
                "none": None,
                "list": [1, "two", {"three": 3}],
                "table": {"inner": {"innermost": "x"}},
                "time": datetime.datetime(2026, 1, 2, 3, 4, 5),
            },
        )
        channel.basic_publish("", queue, b"", sent)
        _, got, _ = channel.basic_get(queue, auto_ack=True)
        expect("properties", got, sent)


def check_consume_ack_and_cancel():
    with fresh() as (channel, queue):
        for i in range(10):
            channel.basic_publish("", queue, str(i).encode())
        channel.basic_qos(prefetch_count=3)
        bodies = []
        for method, _, body in channel.consume(queue, inactivity_timeout=PATIENCE_SECONDS):
            if method is None:
                raise AssertionError(f"no more after {bodies}")
            bodies.append(int(body))
            channel.basic_ack(method.delivery_tag)
            if len(bodies) == 10:
                break
        channel.cancel()
        expect("order", bodies, list(range(10)))
        expect("left", channel.queue_declare(queue, passive=True).method.message_count, 0)


def check_nack_requeues_with_the_flag():
    with fresh() as (channel, queue):
        channel.basic_publish("", queue, b"again")
        method, _, _ = channel.basic_get(queue)
        channel.basic_nack(method.delivery_tag, requeue=True)
        method, _, body = channel.basic_get(queue)
        expect("body", body, b"again")
        expect("redelivered", method.redelivered, True)
        channel.basic_reject(method.delivery_tag, requeue=False)
        expect("dropped", drain(channel, queue), [])


def check_priorities():
    with fresh() as (channel, _):
        queue = unique("priorities")
        channel.queue_declare(queue, exclusive=True, arguments={"x-max-priority": 5})
        for priority in (0, 3, 9, 3, None):
            body = str(priority).encode()
            channel.basic_publish("", queue, body, pika.BasicProperties(priority=priority))
        expect("order", drain(channel, queue), [b"9", b"3", b"3", b"0", b"None"])
        with refused(exceptions.ChannelClosedByBroker, 406):
            channel.queue_declare(queue, exclusive=True, arguments={"x-max-priority": 6})


def check_impossible_arguments():
    impossible = {
        "x-max-priority": (0, 256, -1, "many"),
        "x-message-ttl": (-1, "long", 1 << 33),
        "x-expires": (0, -1, "soon"),
        "x-delivery-limit": (-2, "often"),
        "x-max-length": (-1, "long"),
        "x-overflow": ("reject-publish-dlx", 1),
        "x-dead-letter-exchange": (1, None),
        "x-dead-letter-routing-key": ("alone",),
    }
    for name, values in impossible.items():
        for value in values:
            with fresh() as (channel, _):
                try:
                    channel.queue_declare(unique("q"), exclusive=True, arguments={name: value})
                except exceptions.ChannelClosedByBroker as e:
                    expect("code", e.reply_code, 406)
                    expect(f"{name} is named", name in e.reply_text, True)
                else:
                    raise AssertionError(f"{name} {value!r} was not refused")


def receive(channel, queue):
    """The first message, as soon as there is one."""
    for method, properties, body in channel.consume(queue, inactivity_timeout=PATIENCE_SECONDS):
        if method is None:
            raise AssertionError(f"nothing came from {queue}")
        channel.basic_ack(method.delivery_tag)
        channel.cancel()
        return method, properties, body


def exclusive(channel, **arguments):
    queue = unique("policy")
    named = {"x-" + name.replace("_", "-"): value for name, value in arguments.items()}
    channel.queue_declare(queue, exclusive=True, arguments=named)
    return queue


def check_expiration_and_dead_letters():
    with fresh() as (channel, dead):
        queue = exclusive(channel, dead_letter_exchange="", dead_letter_routing_key=dead)
        sent = pika.BasicProperties(expiration="100", headers={"own": 1}, delivery_mode=2)
        channel.basic_publish("", queue, b"late", sent)
        method, properties, body = receive(channel, dead)
        expect("body", body, b"late")
        expect("routing key", method.routing_key, dead)
        expect("expiration", properties.expiration, None)
        headers = properties.headers
        expect("own header", headers["own"], 1)
        for place in ("first", "last"):
            expect("reason", headers[f"x-{place}-death-reason"], "expired")
            expect("queue", headers[f"x-{place}-death-queue"], queue)
            expect("exchange", headers[f"x-{place}-death-exchange"], "")
        (death,) = headers["x-death"]
        expect("time", type(death.pop("time")), datetime.datetime)
        expect(
            "death",
            death,
            {
                "count": 1,
                "reason": "expired",
                "queue": queue,
                "exchange": "",
                "routing-keys": [queue],
                "original-expiration": "100",
            },
        )


def check_time_to_live_of_a_queue():
    with fresh() as (channel, dead):
        queue = exclusive(channel, message_ttl=50, dead_letter_exchange="amq.headers")
        channel.queue_bind(dead, "amq.headers", "", {"x-match": "all", "kind": "a"})
        channel.basic_publish("", queue, b"other", pika.BasicProperties(headers={"kind": "b"}))
        channel.basic_publish("", queue, b"this", pika.BasicProperties(headers={"kind": "a"}))
        method, properties, body = receive(channel, dead)
        expect("body", body, b"this")
        expect("exchange", method.exchange, "amq.headers")
        expect("key", method.routing_key, queue)
        expect("reason", properties.headers["x-death"][0]["reason"], "expired")


def check_no_time_to_live_at_all():
    with fresh() as (channel, queue):
        channel.basic_publish("", queue, b"gone", pika.BasicProperties(expiration="0"))
        expect("nobody there", drain(channel, queue), [])


def check_retries_are_counted():
    with fresh() as (channel, _):
        work, wait = unique("work"), unique("wait")
        there = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": wait}
        back = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": work, "x-message-ttl": 20}
        channel.queue_declare(work, exclusive=True, arguments=there)
        channel.queue_declare(wait, exclusive=True, arguments=back)
        channel.basic_publish("", work, b"again")
        counts = []
        for method, properties, _ in channel.consume(work, inactivity_timeout=PATIENCE_SECONDS):
            deaths = (properties.headers or {}).get("x-death", [])
            counts.append([(d["queue"], d["reason"], d["count"]) for d in deaths])
            channel.basic_reject(method.delivery_tag, requeue=False)
            if len(counts) == 3:
                break
        channel.cancel()
        expect("first", counts[0], [])
        expect("second", counts[1], [(wait, "expired", 1), (work, "rejected", 1)])
        expect("third", counts[2], [(wait, "expired", 2), (work, "rejected", 2)])


def check_delivery_limit():
    with fresh() as (channel, dead):
        queue = exclusive(channel, delivery_limit=1, dead_letter_exchange="", dead_letter_routing_key=dead)
        channel.basic_publish("", queue, b"poison")
        method, properties, _ = channel.basic_get(queue)
        expect("first", properties.headers, None)
        channel.basic_nack(method.delivery_tag)
        method, properties, _ = channel.basic_get(queue)
        expect("second", properties.headers, {"x-delivery-count": 1})
        channel.basic_nack(method.delivery_tag)
        expect("limit", receive(channel, dead)[1].headers["x-first-death-reason"], "delivery_limit")


def check_length_limits():
    with fresh() as (channel, _):
        queue = exclusive(channel, max_length=2)
        for i in range(4):
            channel.basic_publish("", queue, str(i).encode())
        expect("the newest", drain(channel, queue), [b"2", b"3"])
        queue = exclusive(channel, max_length=1, overflow="reject-publish")
        channel.confirm_delivery()
        channel.basic_publish("", queue, b"first")
        try:
            channel.basic_publish("", queue, b"second")
        except exceptions.NackError:
            pass
        else:
            raise AssertionError("not refused")
        expect("the first", drain(channel, queue), [b"first"])


def check_unused_queue_expires():
    with fresh() as (channel, _):
        queue = exclusive(channel, expires=50)
        channel.connection.sleep(0.5)
        with refused(exceptions.ChannelClosedByBroker, 404):
            channel.queue_declare(queue, passive=True)


def check_recover():
    with fresh() as (channel, queue):
        channel.basic_publish("", queue, b"one")
        channel.basic_get(queue)
        channel.basic_recover(requeue=True)
        method, _, body = channel.basic_get(queue, auto_ack=True)
        expect("body", body, b"one")
        expect("redelivered", method.redelivered, True)


def check_confirms_and_returns():
    with fresh() as (channel, queue):
        channel.confirm_delivery()
        for i in range(50):
            channel.basic_publish("", queue, str(i).encode(), pika.BasicProperties(delivery_mode=2), mandatory=True)
        try:
            channel.basic_publish("", unique("nowhere"), b"lost", mandatory=True)
        except exceptions.UnroutableError as e:
            expect("reply code", e.messages[0].method.reply_code, 312)
            expect("body", e.messages[0].body, b"lost")
        else:
            raise AssertionError("not returned")
        expect("all there", len(drain(channel, queue)), 50)


def check_transactions():
    with fresh() as (channel, queue):
        channel.tx_select()
        channel.basic_publish("", queue, b"kept")
        channel.tx_commit()
        channel.basic_publish("", queue, b"rolled back")
        channel.tx_rollback()
        expect("committed", drain(channel, queue), [b"kept"])


def check_every_exchange_type():
    with fresh() as (channel, queue):
        for kind, key, arguments, routing_key, headers in (
            ("direct", "k", None, "k", None),
            ("fanout", "", None, "any", None),
            ("topic", "a.*.#", None, "a.b.c.d", None),
            ("headers", "", {"x-match": "any", "h": 1}, "", {"h": 1, "i": 2}),
        ):
            exchange = unique(kind)
            channel.exchange_declare(exchange, kind, auto_delete=True)
            channel.queue_bind(queue, exchange, key, arguments)
            channel.basic_publish(exchange, routing_key, kind.encode(), pika.BasicProperties(headers=headers))
            expect(kind, drain(channel, queue), [kind.encode()])
            channel.queue_unbind(queue, exchange, key, arguments)


def check_exchange_to_exchange():
    with fresh() as (channel, queue):
        outer, inner = unique("outer"), unique("inner")
        channel.exchange_declare(outer, "fanout")
        channel.exchange_declare(inner, "direct")
        channel.exchange_bind(inner, outer)
        channel.queue_bind(queue, inner, "k")
        channel.basic_publish(outer, "k", b"through")
        expect("passed on", drain(channel, queue), [b"through"])
        channel.exchange_unbind(inner, outer)
        channel.basic_publish(outer, "k", b"stopped")
        expect("stopped", drain(channel, queue), [])
        channel.exchange_delete(outer)
        channel.exchange_delete(inner)


def check_large_body():
    with fresh() as (channel, queue):
        body = bytes(range(256)) * 16_000
        channel.basic_publish("", queue, body)
        expect("body", channel.basic_get(queue, auto_ack=True)[2], body)


def check_purge_and_delete_count():
    with fresh() as (channel, queue):
        for _ in range(3):
            channel.basic_publish("", queue, b"")
        expect("purged", channel.queue_purge(queue).method.message_count, 3)
        channel.basic_publish("", queue, b"")
        expect("deleted", channel.queue_delete(queue).method.message_count, 1)


def check_refusals_of_the_channel():
    connection = connect()
    name = unique("none")
    for code, action in (
        (404, lambda c: c.queue_declare(name, passive=True)),
        (404, lambda c: c.exchange_declare(name, passive=True)),
        (403, lambda c: c.exchange_declare("amq.other", "direct")),
        (406, lambda c: c.exchange_declare("amq.direct", "fanout", durable=True)),
    ):
        channel = connection.channel()
        with refused(exceptions.ChannelClosedByBroker, code):
            action(channel)
        expect("connection", connection.is_open, True)
    connection.close()


def check_locked_queue():
    with fresh() as (_, queue):
        connection = connect()
        channel = connection.channel()
        with refused(exceptions.ChannelClosedByBroker, 405):
            channel.queue_declare(queue, passive=True)
        connection.close()


def check_wrong_password():
    try:
        connect(password="wrong")
    except exceptions.ProbableAuthenticationError:
        return
    raise AssertionError("logged in")


def check_unknown_virtual_host():
    try:
        connect(vhost="none")
    except exceptions.ConnectionClosedByBroker as e:
        expect("reply code", e.reply_code, 530)
        return
    except exceptions.ProbableAccessDeniedError:
        return  # what pika makes of a connection that ends at open
    raise AssertionError("opened")


def check_consumer_cancel_notification():
    with fresh() as (channel, queue):
        cancelled = []
        channel.add_on_cancel_callback(cancelled.append)
        channel.basic_consume(queue, lambda *_: None, consumer_tag="mine")
        channel.queue_delete(queue)
        deadline = PATIENCE_SECONDS * 10
        while not cancelled and deadline > 0:
            channel.connection.process_data_events(time_limit=0.1)
            deadline -= 1
        expect("cancelled", [frame.method.consumer_tag for frame in cancelled], ["mine"])


def check_heartbeats_keep_an_idle_connection():
    connection = connect(heartbeat=2)
    channel = connection.channel()
    connection.sleep(5)
    expect("still open", bool(channel.queue_declare("", exclusive=True).method.queue), True)
    connection.close()


def check_two_consumers_share_a_queue():
    with fresh() as (channel, queue):
        got = {"a": [], "b": []}
        channel.basic_qos(prefetch_count=1)

        def taker(name):
            def take(ch, method, _, body):
                got[name].append(body)
                ch.basic_ack(method.delivery_tag)

            return take

        channel.basic_consume(queue, taker("a"))
        channel.basic_consume(queue, taker("b"))
        for i in range(20):
            channel.basic_publish("", queue, str(i).encode())
        for _ in range(PATIENCE_SECONDS * 10):
            if len(got["a"]) + len(got["b"]) == 20:
                break
            channel.connection.process_data_events(time_limit=0.1)
        expect("all", len(got["a"]) + len(got["b"]), 20)
        expect("both worked", bool(got["a"]) and bool(got["b"]), True)


def check_connections_from_many_threads():
    failures = []

    def work():
        try:
            with fresh() as (channel, queue):
                channel.basic_publish("", queue, b"x")
                expect("body", drain(channel, queue), [b"x"])
        except Exception as e:  # collected, raised in the main thread
            failures.append(e)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


run(dict(globals()))
