"""Empties the queues that producer.py fills, and prints what was in them. Usage: consumer.py [URL]

Asks for one message at a time, and acknowledges it after printing: a consumer that dies in between loses nothing.
"""

import sys

import pika

DEFAULT_URL = "amqp://guest:guest@127.0.0.1:5672/%2f"
MAILBOXES = ("mailbox-ana", "mailbox-rui")


def main(url=DEFAULT_URL):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        for mailbox in MAILBOXES:
            # A passive declaration changes nothing: it tells how many messages are ready.
            while channel.queue_declare(mailbox, passive=True).method.message_count > 0:
                got, _, body = channel.basic_get(mailbox)
                if got is None:
                    break  # another consumer was faster
                print(f"{mailbox}: {body.decode()}", flush=True)
                channel.basic_ack(got.delivery_tag)


main(*sys.argv[1:2])
