// Closes what the launcher found open and a shell cannot close: the descriptors in BERTH_CLOSE. They were open before Node
// began, so that none of them is its own. Loaded with --require, by the launcher alone.
const { closeSync } = require('node:fs')

const numbers = process.env.BERTH_CLOSE ?? ''
delete process.env.BERTH_CLOSE
for (const word of numbers.split(' ')) {
  const fd = Number(word)
  if (!Number.isInteger(fd) || fd < 3) continue
  try {
    closeSync(fd)
  } catch {
    // It is closed already.
  }
}
