import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect, test } from 'vitest'

import { parseInput } from '../../contract/index.ts'
import { parseFlags } from '../parse/parse-flags.ts'
import { buildSpec } from './build-spec.ts'
import { createFlags, type CreateValues, createNotYet } from './flags.ts'
import { readEnvironment } from './pairs.ts'

async function spec(line: string) {
  const { args, values } = parseFlags(createFlags, line.split(' '), {
    program: 'berth run',
    stopAtFirst: true,
    notYet: createNotYet,
  })
  const [image = '', ...words] = args
  const body = await buildSpec(image, words, values as unknown as CreateValues, ['berth', 'run'])
  parseInput('container.create', { body }) // the engine would take it
  const { containerCreateCommand: _, httpproxy: __, ...rest } = body as Record<string, unknown>
  return rest
}

test.each([
  ['img', { image: 'img' }],
  [
    '-it --rm --name web img sh -c x',
    { image: 'img', command: ['sh', '-c', 'x'], terminal: true, stdin: true, remove: true, name: 'web' },
  ],
  ['-e A=b=c -l x=y -l z img', { env: { A: 'b=c' }, labels: { x: 'y', z: '' } }],
  [
    '-p 8080:80 -p 127.0.0.1::53/udp img',
    {
      portmappings: [
        { host_port: 8080, container_port: 80, protocol: 'tcp' },
        { host_ip: '127.0.0.1', container_port: 53, protocol: 'udp' },
      ],
    },
  ],
  [
    '-v /a:/b:ro -v data:/d -v /anon img',
    {
      mounts: [{ type: 'bind', source: '/a', destination: '/b', options: ['rbind', 'ro'] }],
      volumes: [
        { Name: 'data', Dest: '/d', Options: [] },
        { Name: '', Dest: '/anon' },
      ],
    },
  ],
  [
    '-v /a:/b:O,U -v data:/c:O,upperdir=/u,workdir=/w img',
    {
      overlay_volumes: [{ source: '/a', destination: '/b', options: ['O', 'U'] }],
      volumes: [{ Name: 'data', Dest: '/c', Options: ['O', 'upperdir=/u', 'workdir=/w'] }],
    },
  ],
  [
    '--mount "type=bind","src=/a,b",dst=/c,bind-nonrecursive,relabel=private,chown=false img',
    { mounts: [{ type: 'bind', source: '/a,b', destination: '/c', options: ['bind', 'Z'] }] },
  ],
  [
    '--mount type=volume,src=data,dst=/c,volume-subpath=a/b,U=true,nocopy,ro=false img',
    { volumes: [{ Name: 'data', Dest: '/c', Options: ['U', 'nocopy', 'rw'], SubPath: 'a/b' }] },
  ],
  ['--tmpfs /t:U,size=1m img', { mounts: [{ type: 'tmpfs', source: 'tmpfs', destination: '/t', options: ['U', 'size=1m'] }] }],
  [
    '--mount type=tmpfs,target=/t,tmpfs-size=1m img',
    { mounts: [{ type: 'tmpfs', source: 'tmpfs', destination: '/t', options: ['size=1m'] }] },
  ],
  [
    '--memory 64m --cpus 1.5 --pids-limit 10 img',
    { resource_limits: { memory: { limit: 67_108_864 }, cpu: { period: 100_000, quota: 150_000 }, pids: { limit: 10 } } },
  ],
  ['--cpus .5 img', { resource_limits: { cpu: { period: 100_000, quota: 50_000 } } }],
  ['--restart on-failure:3 img', { restart_policy: 'on-failure', restart_tries: 3 }],
  ['--network none img', { netns: { nsmode: 'none' } }],
  ['--network container:web img', { netns: { nsmode: 'container', value: 'web' } }],
  [
    '--network back:ip=10.89.0.5,alias=db img',
    { netns: { nsmode: 'bridge' }, Networks: { back: { static_ips: ['10.89.0.5'], aliases: ['db'] } } },
  ],
  ['--entrypoint ["/x","y"] img', { entrypoint: ['/x', 'y'] }],
  ['--entrypoint= img', { entrypoint: [''] }],
  ['--stop-signal INT --stop-timeout 3 img', { stop_signal: 2, stop_timeout: 3 }],
  ['--ulimit nofile=10:20 img', { r_limits: [{ type: 'RLIMIT_NOFILE', soft: 10, hard: 20 }] }],
  [
    '--security-opt seccomp=unconfined --security-opt no-new-privileges img',
    { seccomp_profile_path: 'unconfined', no_new_privileges: true },
  ],
  [
    '--health-cmd x --health-interval 1m30s img',
    { healthconfig: { Test: ['CMD-SHELL', 'x'], Interval: 9e10, Timeout: 3e10, StartPeriod: 0, Retries: 3 } },
  ],
])('run %s', async (line, expected) => {
  expect(await spec(line)).toMatchObject(expected)
})

test('what was not asked for is not sent: the engine’s defaults count', async () => {
  expect(Object.keys(await spec('img')).toSorted()).toEqual(['image'])
})

test.each([
  ['--memory abc img', "invalid value for memory: invalid size: 'abc'"],
  ['--restart sometimes img', '"sometimes" is not a valid restart policy'],
  ['--cpus abc img', 'invalid argument "abc" for "--cpus" flag: strconv.ParseFloat: parsing "abc": invalid syntax'],
  ['--cpus 0.001 img', 'CPU cfs quota cannot be less than 1ms (i.e. 1000)'],
  ['--shm-size abc img', "unable to translate --shm-size: invalid size: 'abc'"],
  ['--health-cmd x --health-interval 5 img', 'invalid healthcheck-interval: time: missing unit in duration "5"'],
  ['--memory-swap 1m img', 'you should always set a memory limit when using a memoryswap limit, see usage'],
  ['--expose 0 img', 'port numbers must be between 1 and 65535 (inclusive), got 0'],
  ['--ulimit bogus=1 img', 'requires name=SOFT:HARD, failed to be parsed: invalid ulimit type: bogus'],
  ['-e =b img', 'invalid variable: "=b"'],
  ['--rm --restart always img', 'the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"'],
  ['-p 99999:80 img', 'parsing host port: port numbers must be between 1 and 65535 (inclusive), got 99999'],
  ['-p 80-82:80-81 img', 'host and container port ranges have different lengths: 3 vs 2'],
  ['--cpus 1 --cpu-quota 5 img', '--cpu-quota and --cpus cannot be set together'],
  ['--network host --network none img', 'cannot set multiple networks without bridge network mode'],
  ['--mount type=bind,src=/a,dst=/x,subpath=b img', 'invalid mount option "subpath" of a bind mount'],
  ['--mount type=bind,src=/a,dst=/x,constructor img', 'invalid mount option "constructor"'],
  ['--mount type=bind,src=/a,dst=/x,U=x img', 'invalid value of "U"'],
  ['--mount type=bind,src=/a,dst=/x,relabel=x img', 'invalid value of "relabel"'],
  ['--mount type=tmpfs,src=/a,dst=/x img', '"source" option not supported for "tmpfs" mount types'],
  ['--mount type=image,dst=/x img', 'must set source and destination for image volume'],
  ['--mount type=overlay,dst=/x img', 'invalid filesystem type "overlay"'],
  ['--mount type=glob,dst=/x img', 'must set source for a glob mount'],
  ['--mount type=glob,src=/nowhere/*,dst=/x img', 'no file paths matching glob "/nowhere/*"'],
  ['--mount type=bind,"src=/a,dst=/x img', 'double quote'],
  ['--mount type=bind,target=/x img', 'must set source for a bind mount: --mount type=bind,target=/x'],
  ['--stop-signal NOPE img', 'invalid signal: NOPE'],
  ['--annotation c img', 'annotations must be formatted KEY=VALUE'],
  ['--sysctl foo img', 'foo is invalid, sysctl values must be in the form of KEY=VALUE'],
  ['--log-opt foo img', 'invalid log option "foo"'],
  ['--label-file /nowhere img', 'unable to process labels: open /nowhere: no such file or directory'],
  ['--platform linux/amd64 --arch amd64 img', '--platform option can not be specified with --arch or --os'],
  ['--security-opt foo img', 'invalid --security-opt 1: "foo"'],
  ['--security-opt no-new-privileges=x img', 'invalid --security-opt 2: "no-new-privileges=x"'],
  ['--rm --restart foo img', 'the --rm option conflicts with --restart'],
  ['--mount src=/a,foo img', 'incorrect mount format: should be --mount type='],
  ['--network none:x img', 'unable to find network with name or ID none: network not found'],
  ['--network container: img', 'invalid config provided: namespace mode container requires a value'],
  ['--network none --ip 10.0.0.1 img', '--ip can only be set when the network mode is bridge: invalid argument'],
  ['--network none --network-alias x img', '--network-alias can only be set when the network mode is bridge'],
  ['--network none --network host img', 'cannot set multiple networks without bridge network mode, selected mode none'],
  ['--pid foo img', 'unrecognized namespace mode foo passed'],
  ['--health-cmd x --health-timeout 500ms img', 'healthcheck-timeout must be at least 1 second'],
])('run %s is refused with a message', async (line, message) => {
  await expect(spec(line)).rejects.toThrow(message)
})

test('environment files, inherited names and patterns', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-env-'))
  const file = path.join(folder, 'env')
  writeFileSync(file, '# comment\nA=1\n\nB=two words\nHOST\n')
  try {
    expect(await readEnvironment([file], ['A=3', 'PRE*', 'MISSING'], { HOST: 'h', PRE_1: 'x', OTHER: 'no' })).toEqual({
      A: '3',
      B: 'two words',
      HOST: 'h',
      PRE_1: 'x',
    })
    await expect(readEnvironment([`${file}.none`], [], {})).rejects.toThrow(`open ${file}.none`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
