"""The other side in the tests of ZeroMQ, on libzmq: zmq_checks.py ROLE ENDPOINT [ARGUMENT …].

A role that binds prints its endpoint; every role ends by itself, with status 0 when all was as it should be."""
import hashlib
import sys
import zmq

ROLE = sys.argv[1]
ENDPOINT = sys.argv[2]
MORE = sys.argv[3:]

context = zmq.Context()


def socket(kind, bind):
    s = context.socket(kind)
    s.setsockopt(zmq.LINGER, 10000)
    s.setsockopt(zmq.RCVTIMEO, 60000)
    s.setsockopt(zmq.SNDTIMEO, 60000)
    if bind:
        s.bind(ENDPOINT)
        print(s.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode(), flush=True)
    else:
        s.connect(ENDPOINT)
    return s


def echo(kind, bind, count):
    """Sends back what comes; the way back is the socket type's own."""
    s = socket(getattr(zmq, kind), bind)
    for _ in range(count):
        s.send_multipart(s.recv_multipart())


def ask(kind, bind, count):
    """Asks and compares; a DEALER that talks to a REP adds the delimiter itself."""
    s = socket(getattr(zmq, kind), bind)
    for i in range(count):
        body = [b"", b"%d" % i, b"", bytes(i)]
        sent = [b""] + body if kind == "DEALER" and MORE[2:] == ["delimited"] else body
        s.send_multipart(sent)
        answer = s.recv_multipart()
        assert answer == sent, (answer, sent)


def sink(kind, bind, count):
    """Receives, and prints length and digest of every message."""
    s = socket(getattr(zmq, kind), bind)
    for _ in range(count):
        frames = s.recv_multipart()
        digest = hashlib.sha256()
        for frame in frames:
            digest.update(frame)
        print(len(frames), sum(map(len, frames)), digest.hexdigest(), flush=True)


def source(kind, bind, sizes):
    """Sends messages of two frames, an empty one and one of the size."""
    s = socket(getattr(zmq, kind), bind)
    for size in sizes:
        s.send_multipart([b"", bytes(size)])


def publish(kind, bind, count):
    """Waits for a subscription to "go", then publishes under three topics."""
    s = socket(zmq.XPUB, bind)
    while s.recv() != b"\x01go":
        pass
    for i in range(count):
        s.send_multipart([b"no", b"%d" % i])
        s.send_multipart([b"go", b"%d" % i])
        s.send_multipart([b"gone", b"%d" % i])
    assert s.recv() == b"\x00go"


def subscribe(kind, bind, count):
    """Prints what it gets under "go"."""
    s = socket(getattr(zmq, kind), bind)
    if kind == "SUB":
        s.setsockopt(zmq.SUBSCRIBE, b"go")
    else:
        s.send(b"\x01go")
    for _ in range(count):
        print(b" ".join(s.recv_multipart()).decode(), flush=True)
    if kind == "SUB":
        s.setsockopt(zmq.UNSUBSCRIBE, b"go")
    else:
        s.send(b"\x00go")


kind, bind = MORE[0].split("-")[0], MORE[0].endswith("-bind")
if ROLE == "source":
    source(kind, bind, [int(size) for size in MORE[1:]])
else:
    globals()[ROLE](kind, bind, int(MORE[1]))
context.term()
