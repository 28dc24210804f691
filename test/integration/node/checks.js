// What the clients in node share: each prints one line per check that holds and ends with status 1 at the first that
// does not.
'use strict';
const assert = require('node:assert');

async function check(what, actual, expected) {
  assert.deepStrictEqual(await actual, expected, what);
  console.log(what);
}

// The text of the error that a promise ends with; null: with none.
const failure = promise => promise.then(() => null, error => error.message);

// False: in vain.
async function waitUntil(condition) {
  for (let i = 0; i < 1000; ++i) {
    if (await condition()) return true;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return false;
}

module.exports = {check, failure, waitUntil};
