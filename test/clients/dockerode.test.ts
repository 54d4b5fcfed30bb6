import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type ApiService, startApiService } from '../support/api-service.ts'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'
import { areInstalled, clientModule } from './npm-clients.ts'

const { busybox } = inject('stage').images

// dockerode, on which most programs in Node rest.

describe.skipIf(!areInstalled)('dockerode (installed by npm test)', () => {
  // Testcontainers joins a network after the start, which an ordinary user's default network does not allow, podman's neither.
  const berth = berthAs('root')
  let service: ApiService
  let docker: any // oxlint-disable-line no-explicit-any -- its types are not installed

  beforeAll(async () => {
    await pullImages(berth, busybox)
    service = await startApiService(berth, 'dockerode')
    docker = new (clientModule('dockerode'))({ socketPath: service.socket })
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await clear(berth)
    await service?.stop()
  })

  /** A stream that keeps what is written to it. */
  function sink(): { stream: PassThrough; text(): string } {
    const stream = new PassThrough()
    let text = ''
    stream.on('data', (data: Buffer) => (text += data.toString()))
    return { stream, text: () => text }
  }

  test('run with both outputs, and a container from create to remove', async () => {
    const [out, err] = [sink(), sink()]
    const [ended] = await docker.run(busybox, ['sh', '-c', 'echo o; echo e >&2; exit 3'], [out.stream, err.stream], {
      Tty: false,
      HostConfig: { AutoRemove: true },
    })
    expect([ended.StatusCode, out.text(), err.text()]).toEqual([3, 'o\n', 'e\n'])
    const seen: string[] = []
    const events = await docker.getEvents({ filters: { type: ['container'] } })
    events.on('data', (data: Buffer) => seen.push(data.toString()))
    const container = await docker.createContainer({
      Image: busybox,
      name: 'ode',
      Cmd: ['sh', '-c', 'echo up; cat; sleep 1000'],
      OpenStdin: true,
      StdinOnce: true,
      Labels: { x: 'y' },
      ExposedPorts: { '80/tcp': {} },
      // The engine chooses the port.
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '0', HostIp: '127.0.0.1' }] }, Binds: ['ode:/d'] },
    })
    const joined = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true })
    const output = sink()
    container.modem.demuxStream(joined, output.stream, output.stream)
    await container.start()
    joined.write('typed\n')
    await eventually('what was typed', () => output.text().includes('typed'))
    joined.end()
    const [row] = await docker.listContainers({ filters: { label: ['x=y'] } })
    expect(row).toMatchObject({ Names: ['/ode'], Image: busybox, Ports: [{ PrivatePort: 80, PublicPort: expect.any(Number) }] })
    expect(row.Ports[0].PublicPort).toBeGreaterThan(0)
    const stats = await container.stats({ stream: false })
    expect(stats.precpu_stats.cpu_usage.total_usage).toBeGreaterThan(0)
    expect(String(await container.logs({ stdout: true }))).toContain('up\n')
    const exec = await container.exec({ Cmd: ['sh', '-c', 'cat; exit 5'], AttachStdin: true, AttachStdout: true })
    const session = await exec.start({ hijack: true, stdin: true })
    const said = sink()
    docker.modem.demuxStream(session, said.stream, said.stream)
    session.end('in')
    await new Promise((resolve) => session.on('end', resolve))
    expect([said.text(), (await exec.inspect()).ExitCode]).toEqual(['in', 5])
    const ending = container.wait()
    await container.kill()
    expect(await ending).toMatchObject({ StatusCode: 137 })
    await container.remove({ v: true })
    await eventually('its events', () => /"create"[^]*"start"[^]*"die"[^]*"destroy"/.test(seen.join('')))
    events.destroy()
    await docker.getVolume('ode').remove()
    const missing = await docker
      .getContainer('ode')
      .inspect()
      .catch((error: unknown) => error)
    expect(missing).toMatchObject({ statusCode: 404, reason: 'no such container' })
  })

  test('testcontainers: waiting for logs, ports and health; files, exec and networks', async () => {
    vi.stubEnv('DOCKER_HOST', `unix://${service.socket}`)
    // Its own container that removes others': an image of Docker's hub.
    vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true')
    const { GenericContainer, Network, Wait } = clientModule('testcontainers')
    const network = await new Network().start()
    const server = 'mkdir -p /w; echo hello > /w/index.html; echo ready now; exec httpd -f -p 80 -h /w'
    const started = await new GenericContainer(busybox)
      .withCommand(['sh', '-c', server])
      .withExposedPorts(80)
      .withEnvironment({ COLOUR: 'blue' })
      .withNetwork(network)
      .withNetworkAliases('server')
      .withCopyContentToContainer([{ content: 'copied', target: '/tmp/f' }])
      .withHealthCheck({ test: ['CMD-SHELL', 'true'], interval: 500, timeout: 1000, retries: 3 })
      .withWaitStrategy(Wait.forAll([Wait.forLogMessage('ready now'), Wait.forListeningPorts(), Wait.forHealthCheck()]))
      .start()
    const url = `http://${started.getHost()}:${started.getMappedPort(80)}/`
    expect(await (await fetch(url)).text()).toBe('hello\n')
    expect(await started.exec(['sh', '-c', 'cat /tmp/f; echo $COLOUR; exit 3'])).toMatchObject({
      output: 'copiedblue\n',
      exitCode: 3,
    })
    await started.stop({ timeout: 0 })
    await network.stop()
    expect(await berth('ps', '-aq')).toBe('')
  })
})
