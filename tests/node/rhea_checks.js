// AMQP 1.0 as rhea sees it, and beside it AMQP 0-9-1 by amqplib. Usage: node rhea_checks.js PORT
// Prints `ok NAME` or `not ok NAME: why` for each check.
'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const amqp = require('amqplib');
const rhea = require('rhea');

const PORT = Number(process.argv[2]);
const PATIENCE_MILLIS = 20_000;

const unique = (purpose) => `test.${purpose}.${crypto.randomUUID()}`;

function connect(options = {}) {
  return rhea.create_container().connect({
    host: '127.0.0.1',
    port: PORT,
    username: 'guest',
    password: 'guest',
    reconnect: false,
    ...options,
  });
}

/** The next event of this name; a failure when none comes. */
function next(emitter, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}`)), PATIENCE_MILLIS);
    emitter.once(event, (context) => {
      clearTimeout(timer);
      resolve(context);
    });
  });
}

/** Everything a receiver gets, to be asked for one by one: several may come at once. */
function inbox(receiver) {
  const waiting = [];
  let wake = () => {};
  receiver.on('message', (context) => {
    waiting.push(context);
    wake();
  });
  return async () => {
    while (waiting.length === 0) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no message')), PATIENCE_MILLIS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return waiting.shift();
  };
}

async function ended(connection) {
  const closed = next(connection, 'connection_close');
  connection.close();
  await closed;
}

async function send(connection, address, ...messages) {
  const sender = connection.open_sender(address);
  await next(sender, 'sendable');
  for (const message of messages) {
    const outcome = next(sender, 'accepted');
    sender.send(message);
    await outcome;
  }
  sender.close();
}

const checks = {
  async message_with_all_kinds_of_values_arrives_as_it_was() {
    const connection = connect();
    const queue = unique('rhea');
    const message = {
      message_id: 'id',
      correlation_id: 7,
      subject: 'subject',
      reply_to: 'replies',
      content_type: 'text/plain',
      group_id: 'group',
      durable: true,
      priority: 8,
      application_properties: { text: 'ü', number: 5, yes: true },
      message_annotations: { 'x-opt-mine': 'kept' },
      body: { list: [1, 'two', null], map: { a: 1.5 } },
    };
    await send(connection, queue, message);
    const receiver = connection.open_receiver(queue);
    const got = (await next(receiver, 'message')).message;
    for (const key of Object.keys(message)) {
      if (key !== 'message_annotations') {
        assert.deepEqual(got[key], message[key], key);
      }
    }
    assert.equal(got.message_annotations['x-opt-mine'], 'kept');
    assert.equal(got.message_annotations['x-routing-key'], queue);
    await ended(connection);
  },

  async bodies_of_all_kinds_arrive() {
    const connection = connect();
    const queue = unique('rhea');
    const bodies = [
      rhea.message.data_section(Buffer.from([0, 1, 255])),
      rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]),
      rhea.message.sequence_section([1, 'two']),
      'a value',
      null,
    ];
    await send(connection, queue, ...bodies.map((body) => ({ body })));
    const receiver = connection.open_receiver({ source: queue, credit_window: 0 });
    await next(receiver, 'receiver_open');
    for (const body of bodies) {
      const coming = next(receiver, 'message');
      receiver.add_credit(1);
      const got = (await coming).message.body;
      assert.equal(JSON.stringify(got), JSON.stringify(body));
    }
    await ended(connection);
  },

  async credit_is_kept_to() {
    const connection = connect();
    const queue = unique('rhea');
    await send(connection, queue, { body: 1 }, { body: 2 }, { body: 3 });
    const receiver = connection.open_receiver({ source: queue, credit_window: 0, autoaccept: true });
    const got = [];
    receiver.on('message', (context) => got.push(context.message.body));
    await next(receiver, 'receiver_open');
    receiver.add_credit(2);
    while (got.length < 2) {
      await next(receiver, 'message');
    }
    await send(connection, queue, { body: 4 }); // an answer, behind anything that came too many
    assert.deepEqual(got, [1, 2]);
    receiver.add_credit(5);
    receiver.drain_credit();
    await next(receiver, 'receiver_drained');
    assert.deepEqual(got, [1, 2, 3, 4]);
    await ended(connection);
  },

  async settled_sender_and_settled_receiver_lose_nothing_while_all_is_well() {
    const connection = connect();
    const queue = unique('rhea');
    const sender = connection.open_sender({ target: queue, snd_settle_mode: 1 });
    await next(sender, 'sendable');
    for (let i = 0; i < 100; i++) {
      sender.send({ body: i });
    }
    const receiver = connection.open_receiver({ source: queue, snd_settle_mode: 1, credit_window: 10 });
    const message = inbox(receiver);
    for (let i = 0; i < 100; i++) {
      assert.equal((await message()).message.body, i);
    }
    await ended(connection);
  },

  async outcomes_do_what_they_say() {
    const connection = connect();
    const queue = unique('rhea');
    await send(connection, queue, { body: 'a' });
    const receiver = connection.open_receiver({ source: queue, autoaccept: false, credit_window: 1 });
    (await next(receiver, 'message')).delivery.release();
    let again = await next(receiver, 'message');
    assert.ok(!again.message.first_acquirer); // absent means false
    again.delivery.modified({ delivery_failed: true });
    again = await next(receiver, 'message');
    assert.equal(again.message.body, 'a');
    again.delivery.reject({ condition: 'my:error', description: 'no good' });
    receiver.drain = true;
    receiver.add_credit(1);
    await next(receiver, 'receiver_drained');
    await ended(connection);
  },

  async unroutable_message_is_released() {
    const connection = connect();
    const sender = connection.open_sender('/exchanges/amq.direct/' + unique('nobody'));
    await next(sender, 'sendable');
    const outcome = next(sender, 'released');
    sender.send({ body: 'x' });
    await outcome;
    await ended(connection);
  },

  async link_to_nothing_is_refused_with_the_reason() {
    const connection = connect();
    const sender = connection.open_sender('/queues/' + unique('none'));
    const context = await next(sender, 'sender_error');
    assert.equal(context.sender.error.condition, 'amqp:not-found');
    await ended(connection);
  },

  async to_and_from_amqp_0_9_1() {
    const queue = unique('mixed');
    const other = await amqp.connect(`amqp://guest:guest@127.0.0.1:${PORT}/%2f`);
    const channel = await other.createConfirmChannel();
    await channel.assertQueue(queue, { durable: true });
    channel.sendToQueue(queue, Buffer.from('from 0-9-1'), { headers: { a: 1 }, persistent: true });
    await channel.waitForConfirms();

    const connection = connect();
    const receiver = connection.open_receiver({ source: queue, credit_window: 1 });
    const got = (await next(receiver, 'message')).message;
    assert.equal(got.body.content.toString(), 'from 0-9-1');
    assert.equal(got.application_properties.a, 1);
    assert.equal(got.durable, true);
    const gone = next(receiver, 'receiver_close');
    receiver.close();
    await gone;

    await send(connection, queue, {
      body: rhea.message.data_section(Buffer.from('from 1.0')),
      application_properties: { b: 'two' },
    });
    const back = await channel.get(queue, { noAck: true });
    assert.equal(back.content.toString(), 'from 1.0');
    assert.equal(back.properties.headers.b, 'two');
    await ended(connection);
    await other.close();
  },

  async a_selector_takes_what_matches_and_is_named_in_the_answer() {
    const connection = connect();
    const queue = unique('rhea');
    for (let n = 0; n < 6; n++) {
      await send(connection, queue, { body: n, application_properties: { n } });
    }
    const odd = connection.open_receiver({
      source: { address: queue, filter: rhea.filter.selector('n IN (1, 3, 5)') },
    });
    const message = inbox(odd);
    for (const n of [1, 3, 5]) {
      assert.equal((await message()).message.body, n);
    }
    assert.deepEqual(Object.keys(odd.source.filter), ['jms-selector']);
    const gone = next(odd, 'receiver_close');
    odd.close();
    await gone;
    const rest = inbox(connection.open_receiver(queue));
    for (const n of [0, 2, 4]) {
      assert.equal((await rest()).message.body, n);
    }
    await ended(connection);
  },

  async a_thousand_messages_keep_their_order() {
    const connection = connect();
    const queue = unique('rhea');
    const sender = connection.open_sender(queue);
    let sent = 0;
    sender.on('sendable', () => {
      while (sender.sendable() && sent < 1_000) {
        sender.send({ body: sent++, durable: true });
      }
    });
    const receiver = connection.open_receiver({ source: queue, credit_window: 50 });
    const message = inbox(receiver);
    for (let i = 0; i < 1_000; i++) {
      assert.equal((await message()).message.body, i);
    }
    await ended(connection);
  },

  async dynamic_node_of_a_sender_goes_with_its_session() {
    const connection = connect();
    const other = connect();
    const session = connection.create_session();
    session.open();
    const sender = session.open_sender({ target: { dynamic: true } });
    await next(sender, 'sendable');
    const address = sender.target.address;
    const before = other.open_sender({ target: `/queues/${address}` });
    await next(before, 'sendable');
    const closed = next(session, 'session_close');
    session.close();
    await closed;
    const after = other.open_sender({ target: `/queues/${address}` });
    const { sender: refused } = await next(after, 'sender_error');
    assert.equal(refused.error.condition, 'amqp:not-found');
    await ended(connection);
    await ended(other);
  },

  async dynamic_node_of_another_lifetime_is_refused() {
    const connection = connect();
    const sender = connection.open_sender({
      target: {
        dynamic: true,
        dynamic_node_properties: {
          'lifetime-policy': rhea.types.wrap_described([], 0x2d), // delete-on-no-messages
        },
      },
    });
    const { sender: refused } = await next(sender, 'sender_error');
    assert.equal(refused.error.condition, 'amqp:not-implemented');
    await ended(connection);
  },

  async management_links_come_in_pairs() {
    const connection = connect();
    const alone = connection.open_sender({ name: 'alone', target: { address: '/management' } });
    const { sender } = await next(alone, 'sender_error');
    assert.equal(sender.error.condition, 'amqp:precondition-failed');
    const half = connection.open_sender({
      name: 'half', target: { address: '/management' }, properties: { paired: true } });
    await next(half, 'sendable');
    const refused = next(half, 'sender_error');
    half.send({ message_id: 1, subject: 'GET', to: '/queues/a', reply_to: '$me', body: null });
    assert.equal((await refused).sender.error.condition, 'amqp:precondition-failed');
    await ended(connection);
  },
};

(async () => {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.error(error);
      console.log(`not ok ${name}: ${String(error.message).replaceAll('\n', ' ')}`);
    }
  }
  process.exit(failed ? 1 : 0);
})();
