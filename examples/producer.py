"""Publishes one letter to two queues. Usage: producer.py [URL]

Two queues are bound to one key of an exchange, so one publish puts a copy into each. The exchange is deleted
afterwards; what is in the queues stays until somebody takes it: run consumer.py, now or tomorrow.
"""

import sys

import pika

DEFAULT_URL = "amqp://guest:guest@127.0.0.1:5672/%2f"
EXCHANGE = "post-office"
MAILBOXES = ("mailbox-ana", "mailbox-rui")
KEY = "letter"


def main(url=DEFAULT_URL):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()  # from here on basic_publish returns when the broker has the message safe
        channel.exchange_declare(EXCHANGE, exchange_type="direct")
        for mailbox in MAILBOXES:
            channel.queue_declare(mailbox, durable=True)
            channel.queue_bind(mailbox, EXCHANGE, routing_key=KEY)
        channel.basic_publish(
            EXCHANGE,
            KEY,
            b"Dear both, see you on Sunday.",
            pika.BasicProperties(content_type="text/plain", delivery_mode=pika.spec.PERSISTENT_DELIVERY_MODE),
            mandatory=True,  # an error instead of silence if no queue had been bound
        )
        channel.exchange_delete(EXCHANGE)


main(*sys.argv[1:2])
