// Empties the queues that the producers fill, and prints what was in them. Usage: node consumer.js [URL]
// Needs amqplib 2: npm install amqplib
'use strict';

const amqp = require('amqplib');

const MAILBOXES = ['mailbox-ana', 'mailbox-rui'];

async function main(url = 'amqp://guest:guest@127.0.0.1:5672/%2f') {
  const connection = await amqp.connect(url);
  try {
    const channel = await connection.createChannel();
    for (const mailbox of MAILBOXES) {
      // get answers false when the queue is empty.
      for (let got = await channel.get(mailbox); got; got = await channel.get(mailbox)) {
        console.log(`${mailbox}: ${got.content}`);
        channel.ack(got);
      }
    }
    await channel.close();
  } finally {
    await connection.close();
  }
}

main(...process.argv.slice(2, 3)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
