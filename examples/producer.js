// Publishes one letter to two queues, as producer.py does. Usage: node producer.js [URL]
// Needs amqplib 2: npm install amqplib
'use strict';

const amqp = require('amqplib');

const EXCHANGE = 'post-office';
const MAILBOXES = ['mailbox-ana', 'mailbox-rui'];
const KEY = 'letter';

async function main(url = 'amqp://guest:guest@127.0.0.1:5672/%2f') {
  const connection = await amqp.connect(url);
  try {
    const channel = await connection.createConfirmChannel();
    await channel.assertExchange(EXCHANGE, 'direct', { durable: false });
    for (const mailbox of MAILBOXES) {
      await channel.assertQueue(mailbox, { durable: true });
      await channel.bindQueue(mailbox, EXCHANGE, KEY);
    }
    const letter = Buffer.from('Dear both, see you on Sunday.');
    channel.publish(EXCHANGE, KEY, letter, { contentType: 'text/plain', persistent: true });
    await channel.waitForConfirms(); // the broker has it on the disk
    await channel.deleteExchange(EXCHANGE);
  } finally {
    await connection.close();
  }
}

main(...process.argv.slice(2, 3)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
