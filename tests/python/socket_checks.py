"""Ends of a socket conversation, as a program that uses Python's socket module writes them.

usage: socket_checks.py server PORT | client PORT | unix-server PATH | receive-descriptor PATH
Ports of 0 are chosen, and printed; addresses are of the loopback alone.
"""

import os
import socket
import sys


def echo(listener):
    connection, _ = listener.accept()
    with connection:
        while data := connection.recv(1024):
            connection.sendall(data + b" *")


def server(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", int(port)))
        listener.listen(1)
        print(listener.getsockname()[1], flush=True)
        echo(listener)


def unix_server(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind("\0" + path[1:] if path.startswith("@") else path)
        listener.listen(1)
        print("listening", flush=True)
        echo(listener)


def client(port):
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.send(b"Hello, world")
        print(connection.recv(1024), flush=True)


def receive_descriptor(path):
    """Takes a descriptor from whoever listens at the path, and says what is in its file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(path)
        message, descriptors, _, _ = socket.recv_fds(connection, 100, 1)
        with os.fdopen(descriptors[0]) as file:
            print(message.decode(), file.read(), flush=True)


{
    "server": server,
    "client": client,
    "unix-server": unix_server,
    "receive-descriptor": receive_descriptor,
}[sys.argv[1]](sys.argv[2])
