// The programs behind the console: `berth --entry=agent [agent | login | server]`, and `switch-user`, which root alone runs.
import { closeOnExec } from '../lib/sys/index.ts'

const [mode = 'agent', ...words] = process.argv.slice(2)

// Applies to this process only, not to its children.
delete process.env['BERTH_NODE_FLAGS']
// Descriptors that the starting shell left open are closed for all processes started from now on.
closeOnExec()

switch (mode) {
  case 'agent': {
    const { runAgent } = await import('../agent/agent.ts')
    await runAgent()
    break
  }
  case 'login': {
    const { runLoginSession } = await import('./login.ts')
    await runLoginSession(words)
    break
  }
  case 'server': {
    const { runServer } = await import('./server.ts')
    await runServer()
    break
  }
  case 'switch-user': {
    const { switchUser } = await import('../../bridge/login/switch-user.ts')
    try {
      switchUser(words)
    } catch (error) {
      process.stderr.write(`Error: ${(error as Error).message}\n`)
      process.exit(126)
    }
    break
  }
  default:
    process.stderr.write(`Error: there is no "${mode}" among the agent's programs: agent, login, server\n`)
    process.exitCode = 125
}
