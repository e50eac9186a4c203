const { execFileSync } = require('node:child_process');
const path = require('node:path');

/** Before all browser tests: what they look at is what the sources say. */
module.exports = () => {
  const script = path.join(__dirname, '../../examples/dashboard/buildWhenChanged.mjs');
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
};
