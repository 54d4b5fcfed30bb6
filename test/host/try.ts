import { startMachine } from './machine.ts'

// node test/host/try.ts COMMAND: boots the test machine with this clone at /berth, runs the command there as root
// (BERTH_USER=alice for alice) and stops it.

const machine = await startMachine()
try {
  await machine.share(process.cwd(), '/berth')
  const onOutput = (text: string) => void process.stdout.write(text)
  const result = await machine.run(process.argv.slice(2).join(' '), { user: process.env.BERTH_USER ?? 'root', onOutput })
  process.exitCode = result.code
} finally {
  await machine.stop()
}
