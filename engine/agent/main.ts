// The programs behind the console: `berth --entry=agent [agent | login | server]`.

const [mode = 'agent'] = process.argv.slice(2)

// Meant for this process alone; what it starts decides for itself.
delete process.env['BERTH_NODE_FLAGS']

switch (mode) {
  case 'agent': {
    const { runAgent } = await import('./agent.ts')
    await runAgent()
    break
  }
  case 'login': {
    const { runLoginSession } = await import('./login.ts')
    await runLoginSession()
    break
  }
  case 'server': {
    const { runServer } = await import('./server.ts')
    await runServer()
    break
  }
  default:
    process.stderr.write(`Error: there is no "${mode}" among the agent's programs: agent, login, server\n`)
    process.exitCode = 125
}
