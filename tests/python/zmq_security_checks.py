"""The libzmq half of the tests of ZeroMQ's security: one socket, one role, one mechanism.

    zmq_security_checks.py server TYPE MECHANISM [KEY=VALUE ...]   binds, prints its port
    zmq_security_checks.py client TYPE MECHANISM PORT [KEY=VALUE ...]

Keys: secret, public (of this side), serverkey, user, password, allow (a user name or a key in Z85, or "any"),
identity, topic, deny (a status of ZAP to answer with). A server echoes one message, or, as XPUB, prints the subscription and
publishes. A client asks with "hello" and prints the answer, or, as SUB, prints what comes. Every line is one event.
"""

import sys
import threading

import zmq
from zmq.utils import z85
from zmq.utils.monitor import recv_monitor_message

PATIENCE_MILLIS = 20_000


def say(*words):
    print(*words, flush=True)


def handle_zap(context, options, started):
    handler = context.socket(zmq.REP)
    handler.linger = 0
    handler.bind("inproc://zeromq.zap.01")
    started.set()
    try:
        while True:
            version, request, domain, address, identity, mechanism, *credentials = handler.recv_multipart()
            if mechanism == b"CURVE":
                shown = z85.encode(credentials[0]).decode()
            elif mechanism == b"PLAIN":
                shown = ":".join(c.decode() for c in credentials)
            else:
                shown = ""
            say("zap", domain.decode(), mechanism.decode(), shown)
            status = options.get("deny")
            if status is None:
                status = "200" if options.get("allow", "any") in ("any", shown) else "400"
            handler.send_multipart([version, request, status.encode(), b"text", b"user" if status == "200" else b"", b""])
    except zmq.ContextTerminated:
        handler.close()


def watch(socket, ended):
    monitor = socket.get_monitor_socket(
        zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
        | zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
    names = {zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "failed", zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "failed-protocol",
             zmq.EVENT_HANDSHAKE_FAILED_AUTH: "failed-auth", zmq.EVENT_HANDSHAKE_SUCCEEDED: "succeeded",
             zmq.EVENT_DISCONNECTED: "disconnected"}
    while monitor.poll(PATIENCE_MILLIS):
        event = recv_monitor_message(monitor)
        name = names[event["event"]]
        say("event", name, event["value"] if name.startswith("failed") else "")
        if name != "succeeded":
            ended.set()


def secure(socket, mechanism, role, options):
    if mechanism == "PLAIN":
        if role == "server":
            socket.plain_server = True
        else:
            socket.plain_username = options["user"].encode()
            socket.plain_password = options["password"].encode()
    elif mechanism == "CURVE":
        socket.curve_secretkey = options["secret"].encode()
        socket.curve_publickey = options["public"].encode()
        if role == "server":
            socket.curve_server = True
        else:
            socket.curve_serverkey = options["serverkey"].encode()


def main():
    role, kind, mechanism, *rest = sys.argv[1:]
    port = rest.pop(0) if role == "client" else None
    options = dict(argument.split("=", 1) for argument in rest)
    context = zmq.Context()
    if role == "server" and "allow" in options or "deny" in options:
        started = threading.Event()
        threading.Thread(target=handle_zap, args=(context, options, started), daemon=True).start()
        started.wait()
    socket = context.socket(getattr(zmq, kind))
    socket.linger = 0
    socket.rcvtimeo = PATIENCE_MILLIS
    socket.reconnect_ivl = -1
    if "identity" in options:
        socket.routing_id = options["identity"].encode()
    if "allow" in options or "deny" in options:
        socket.zap_domain = b"global"
    secure(socket, mechanism, role, options)
    if kind == "SUB":
        socket.subscribe(options["topic"])
    ended = threading.Event()
    if "watch" in options:
        threading.Thread(target=watch, args=(socket, ended), daemon=True).start()
    if role == "server":
        say(socket.bind_to_random_port("tcp://127.0.0.1"))
    else:
        socket.connect("tcp://127.0.0.1:" + port)
    if "watch" in options:
        ended.wait(PATIENCE_MILLIS / 1000)
    elif kind == "XPUB":
        say("subscription", socket.recv().hex())
        socket.send_multipart([b"topic", b"body"])
    elif kind == "SUB":
        say("message", *socket.recv_multipart())
    elif role == "server":
        message = socket.recv_multipart()
        say("message", message[0])
        socket.send_multipart(message)
        # The peer closes when it has read the answer.
        sys.stdin.readline()
    else:
        socket.send_multipart([b"hello", b"", b"x" * 100_000])
        answer = socket.recv_multipart()
        say("answer", answer[0], len(answer), len(answer[-1]))


main()
