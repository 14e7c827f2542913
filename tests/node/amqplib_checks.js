// AMQP 0-9-1 as amqplib sees it. Usage: node amqplib_checks.js PORT
// Prints `ok NAME` or `not ok NAME: why` for each check.
'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { once } = require('node:events');
const amqp = require('amqplib');

const PORT = process.argv[2];
const PATIENCE_MILLIS = 20_000;

const unique = (purpose) => `test.${purpose}.${crypto.randomUUID()}`;
const url = (user = 'guest', password = 'guest', vhost = '%2f') =>
  `amqp://${user}:${password}@127.0.0.1:${PORT}/${vhost}`;

async function connect() {
  const connection = await amqp.connect(url());
  connection.on('error', () => {}); // checks that expect one wait for it themselves
  return connection;
}

async function fresh(work, { confirms = false } = {}) {
  const connection = await connect();
  try {
    const channel = confirms ? await connection.createConfirmChannel() : await connection.createChannel();
    channel.on('error', () => {});
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await work(channel, queue, connection);
  } finally {
    await connection.close().catch(() => {});
  }
}

async function drain(channel, queue) {
  const bodies = [];
  for (let got = await channel.get(queue, { noAck: true }); got; got = await channel.get(queue, { noAck: true })) {
    bodies.push(got.content.toString());
  }
  return bodies;
}

// Expects that the channel closes with `code` and that its connection goes on.
async function channelCloses(code, connection, action) {
  const channel = await connection.createChannel();
  const closed = new Promise((resolve) => channel.once('close', resolve)); // once() would fail with the error
  channel.on('error', () => {});
  await assert.rejects(action(channel), (error) => {
    assert.equal(error.code, code, error.message);
    return true;
  });
  await closed;
  await (await connection.createChannel()).close();
}

const checks = {
  async publish_and_get() {
    await fresh(async (channel, queue) => {
      channel.sendToQueue(queue, Buffer.from('one'));
      const got = await channel.get(queue);
      assert.equal(got.content.toString(), 'one');
      channel.ack(got);
      assert.equal(await channel.get(queue), false);
    });
  },

  async properties_and_headers() {
    await fresh(async (channel, queue) => {
      const headers = {
        text: 'ü', int: 1, negative: -5, long: 2 ** 40, double: 0.5, yes: true, nothing: null,
        list: [1, 'two', { three: 3 }], table: { inner: { innermost: 'x' } },
      };
      channel.sendToQueue(queue, Buffer.alloc(0), {
        headers, contentType: 'text/plain', contentEncoding: 'utf-8', persistent: true, priority: 4,
        correlationId: 'c', replyTo: 'r', messageId: 'm', timestamp: 1700000000,
        type: 't', userId: 'guest', appId: 'a',
      });
      const { properties } = await channel.get(queue, { noAck: true });
      assert.deepEqual(JSON.parse(JSON.stringify(properties.headers)), headers);
      assert.equal(properties.contentType, 'text/plain');
      assert.equal(properties.deliveryMode, 2);
      assert.equal(properties.priority, 4);
      assert.equal(properties.timestamp, 1700000000);
      assert.equal(properties.userId, 'guest');
    });
  },

  async confirms_of_many() {
    await fresh(async (channel, queue) => {
      for (let i = 0; i < 500; i++) channel.sendToQueue(queue, Buffer.from(`${i}`), { persistent: true });
      await channel.waitForConfirms();
      assert.equal((await channel.checkQueue(queue)).messageCount, 500);
    }, { confirms: true });
  },

  async returned_when_unroutable() {
    await fresh(async (channel) => {
      const returned = once(channel, 'return');
      channel.publish('amq.direct', unique('nowhere'), Buffer.from('lost'), { mandatory: true });
      const [message] = await returned;
      assert.equal(message.fields.replyCode, 312);
      assert.equal(message.content.toString(), 'lost');
    }, { confirms: true });
  },

  async consume_with_prefetch() {
    await fresh(async (channel, queue) => {
      const bodies = [];
      await channel.prefetch(2);
      await new Promise((resolve, reject) => {
        channel.consume(queue, (message) => {
          bodies.push(Number(message.content.toString()));
          channel.ack(message);
          if (bodies.length === 20) resolve();
        }).catch(reject);
        for (let i = 0; i < 20; i++) channel.sendToQueue(queue, Buffer.from(`${i}`));
      });
      assert.deepEqual(bodies, [...Array(20).keys()]);
    });
  },

  async nack_requeues_with_the_flag() {
    await fresh(async (channel, queue) => {
      channel.sendToQueue(queue, Buffer.from('again'));
      channel.nack(await channel.get(queue));
      const got = await channel.get(queue);
      assert.equal(got.fields.redelivered, true);
      channel.reject(got, false);
      assert.deepEqual(await drain(channel, queue), []);
    });
  },

  async ack_all_and_recover() {
    await fresh(async (channel, queue) => {
      channel.sendToQueue(queue, Buffer.from('1'));
      channel.sendToQueue(queue, Buffer.from('2'));
      await channel.get(queue);
      await channel.get(queue);
      await channel.recover();
      await channel.get(queue);
      channel.ackAll();
      await channel.checkQueue(queue);
      assert.deepEqual(await drain(channel, queue), ['2']);
    });
  },

  async every_exchange_type() {
    await fresh(async (channel, queue) => {
      for (const [type, key, args, routingKey, headers] of [
        ['direct', 'k', {}, 'k', {}],
        ['fanout', '', {}, 'any', {}],
        ['topic', 'a.#', {}, 'a.b.c', {}],
        ['headers', '', { 'x-match': 'all', h: 1 }, '', { h: 1 }],
      ]) {
        const { exchange } = await channel.assertExchange(unique(type), type, { autoDelete: true });
        await channel.bindQueue(queue, exchange, key, args);
        channel.publish(exchange, routingKey, Buffer.from(type), { headers });
        assert.deepEqual(await drain(channel, queue), [type]);
        await channel.unbindQueue(queue, exchange, key, args);
      }
    });
  },

  async exchange_to_exchange() {
    await fresh(async (channel, queue) => {
      const { exchange: outer } = await channel.assertExchange(unique('outer'), 'fanout');
      const { exchange: inner } = await channel.assertExchange(unique('inner'), 'fanout');
      await channel.bindExchange(inner, outer, '');
      await channel.bindQueue(queue, inner, '');
      channel.publish(outer, '', Buffer.from('through'));
      assert.deepEqual(await drain(channel, queue), ['through']);
      await channel.unbindExchange(inner, outer, '');
      await channel.deleteExchange(outer);
      await channel.deleteExchange(inner);
    });
  },

  async large_body() {
    await fresh(async (channel, queue) => {
      const body = crypto.randomBytes(3_000_000);
      channel.sendToQueue(queue, body);
      assert.ok((await channel.get(queue, { noAck: true })).content.equals(body));
    });
  },

  async purge_and_delete_count() {
    await fresh(async (channel, queue) => {
      for (let i = 0; i < 3; i++) channel.sendToQueue(queue, Buffer.alloc(0));
      assert.equal((await channel.purgeQueue(queue)).messageCount, 3);
      channel.sendToQueue(queue, Buffer.alloc(0));
      assert.equal((await channel.deleteQueue(queue)).messageCount, 1);
    });
  },

  async consumer_is_cancelled_when_its_queue_is_deleted() {
    await fresh(async (channel, queue) => {
      const cancelled = new Promise((resolve) => channel.consume(queue, resolve));
      await channel.checkQueue(queue);
      await channel.deleteQueue(queue);
      assert.equal(await cancelled, null);
    });
  },

  async refusals_of_the_channel() {
    const connection = await connect();
    await channelCloses(404, connection, (channel) => channel.checkQueue(unique('none')));
    await channelCloses(404, connection, (channel) => channel.checkExchange(unique('none')));
    await channelCloses(403, connection, (channel) => channel.assertExchange('amq.other', 'direct'));
    await channelCloses(406, connection, (channel) => channel.assertExchange('amq.topic', 'fanout'));
    await channelCloses(404, connection, (channel) => channel.consume(unique('none'), () => {}));
    await connection.close();
  },

  async locked_queue() {
    await fresh(async (_channel, queue) => {
      const other = await connect();
      await channelCloses(405, other, (channel) => channel.checkQueue(queue));
      await other.close();
    });
  },

  async unknown_exchange_type_closes_the_connection() {
    const connection = await amqp.connect(url());
    const failed = once(connection, 'error');
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    channel.assertExchange(unique('exchange'), 'no-such-type').catch(() => {});
    const [error] = await failed;
    assert.equal(error.code, 503);
  },

  async wrong_password() {
    await assert.rejects(amqp.connect(url('guest', 'wrong')), /403|ACCESS.REFUSED/);
  },

  async unknown_virtual_host() {
    await assert.rejects(amqp.connect(url('guest', 'guest', 'none')), /ConnectionClose/);
  },
};

async function main() {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    let timer;
    const late = new Promise((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`nothing within ${PATIENCE_MILLIS} ms`)), PATIENCE_MILLIS);
    });
    try {
      await Promise.race([check(), late]);
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.error(error);
      console.log(`not ok ${name}: ${String(error.message).replaceAll('\n', ' ')}`);
    } finally {
      clearTimeout(timer);
    }
  }
  process.exit(failed ? 1 : 0);
}

main();
