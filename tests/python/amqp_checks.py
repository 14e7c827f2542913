"""AMQP 0-9-1 as py-amqp, the client under Kombu and Celery, sees it. Usage: amqp_checks.py PORT"""

import datetime
import decimal
import sys

import amqp
from checks import PATIENCE_SECONDS, expect, refused, run, unique

PORT = int(sys.argv[1])


def connect(password="guest", vhost="/", **options):
    connection = amqp.Connection(
        f"127.0.0.1:{PORT}", "guest", password, virtual_host=vhost, connect_timeout=PATIENCE_SECONDS, **options
    )
    connection.connect()
    return connection


class fresh:
    def __init__(self, **options):
        self.options = options

    def __enter__(self):
        self.connection = connect(**self.options)
        channel = self.connection.channel()
        return self.connection, channel, channel.queue_declare("", exclusive=True).queue

    def __exit__(self, *_):
        self.connection.close()


def check_publish_and_get():
    with fresh() as (_, channel, queue):
        channel.basic_publish(amqp.Message("one", content_type="text/plain"), "", queue)
        got = channel.basic_get(queue)
        expect("body", got.body, "one")
        channel.basic_ack(got.delivery_tag)
        expect("empty", channel.basic_get(queue), None)


def check_table_types():
    with fresh() as (_, channel, queue):
        headers = {
            "text": "ü",
            "int": 1,
            "long": 1 << 50,
            "double": 0.5,
            "decimal": decimal.Decimal("1.25"),
            "time": datetime.datetime(2026, 1, 2, 3, 4, 5),
            "true": True,
            "none": None,
            "list": [1, "two", [3]],
            "table": {"a": {"b": "c"}},
        }
        channel.basic_publish(amqp.Message("", application_headers=headers), "", queue)
        expect("headers", channel.basic_get(queue, no_ack=True).headers, headers)


def check_confirmed_publish():
    with fresh(confirm_publish=True) as (_, channel, queue):
        for i in range(20):
            channel.basic_publish(amqp.Message(str(i), delivery_mode=2), "", queue, timeout=PATIENCE_SECONDS)
        expect("counted", channel.queue_declare(queue, passive=True).message_count, 20)


def check_consume():
    with fresh() as (connection, channel, queue):
        got = []

        def take(message):
            got.append(message.body)
            channel.basic_ack(message.delivery_tag)

        channel.basic_qos(0, 2, False)
        tag = channel.basic_consume(queue, callback=take)
        for i in range(10):
            channel.basic_publish(amqp.Message(str(i)), "", queue)
        while len(got) < 10:
            connection.drain_events(timeout=PATIENCE_SECONDS)
        channel.basic_cancel(tag)
        expect("order", got, [str(i) for i in range(10)])


def check_bindings():
    with fresh() as (_, channel, queue):
        for kind, key, arguments, routing_key, headers in (
            ("direct", "k", None, "k", None),
            ("fanout", "", None, "", None),
            ("topic", "#.end", None, "a.b.end", None),
            ("headers", "", {"x-match": "all", "h": "v"}, "", {"h": "v"}),
        ):
            exchange = unique(kind)
            channel.exchange_declare(exchange, kind, auto_delete=True)
            channel.queue_bind(queue, exchange, key, arguments=arguments)
            channel.basic_publish(amqp.Message(kind, application_headers=headers or {}), exchange, routing_key)
            expect(kind, channel.basic_get(queue, no_ack=True).body, kind)
            channel.queue_unbind(queue, exchange, key, arguments=arguments)


def check_reject_and_recover():
    with fresh() as (_, channel, queue):
        channel.basic_publish(amqp.Message("one"), "", queue)
        channel.basic_reject(channel.basic_get(queue).delivery_tag, requeue=True)
        got = channel.basic_get(queue)
        expect("redelivered", got.delivery_info["redelivered"], True)
        channel.basic_recover(requeue=True)
        expect("recovered", channel.basic_get(queue, no_ack=True).body, "one")


def check_transactions():
    with fresh() as (_, channel, queue):
        channel.tx_select()
        channel.basic_publish(amqp.Message("no"), "", queue)
        channel.tx_rollback()
        channel.basic_publish(amqp.Message("yes"), "", queue)
        channel.tx_commit()
        expect("committed", channel.basic_get(queue, no_ack=True).body, "yes")
        expect("nothing else", channel.basic_get(queue), None)


def check_refusals():
    connection = connect()
    for kind, code, action in (
        (amqp.NotFound, 404, lambda c: c.queue_declare(unique("none"), passive=True)),
        (amqp.NotFound, 404, lambda c: c.queue_bind(c.queue_declare("", exclusive=True).queue, unique("none"), "k")),
        (amqp.AccessRefused, 403, lambda c: c.exchange_delete("amq.direct")),
        (amqp.PreconditionFailed, 406, lambda c: c.exchange_declare("amq.topic", "direct", durable=True)),
    ):
        with refused(kind, code):
            action(connection.channel())
        expect("connection", connection.connected, True)
    connection.close()


def check_wrong_password():
    with refused(amqp.AccessRefused, 403):
        connect(password="wrong")


def check_unknown_virtual_host():
    with refused(amqp.NotAllowed, 530):
        connect(vhost="none")


run(dict(globals()))
