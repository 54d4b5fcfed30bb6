import { type Command, command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { print } from '../../output/print.ts'

/** A command of podman's that is not here, and says in one sentence why. */
export const absent = (summary: string, why: string): Command =>
  command({
    summary,
    description: why,
    flags: {},
    passThrough: true,
    async run({ args }) {
      if (!args.includes('--help')) throw new ExitError(125, why)
      print(`${why}\n`)
    },
  })

/** Podman's machines are virtual ones for other systems than Linux. */
export const machine = absent(
  'Manage a virtual machine',
  'Berth has no virtual machines: containers run on this Linux host itself, and `berth system connection add` reaches others.',
)

export const farm = absent(
  'Farm out builds to remote nodes',
  'Berth has no farms: they build images on several hosts, and Berth does not build images yet.',
)

export const build = absent(
  'Build an image using instructions from Containerfiles',
  'Berth does not build images yet: build with buildah or docker buildx, and pull or load the result.',
)

export const kube = absent(
  'Play containers, pods or volumes from a structured file',
  'Berth does not read or write Kubernetes YAML yet: create the pods with `berth pod create` and `berth run --pod`.',
)

export const generate = absent(
  'Generate structured data based on containers, pods or volumes',
  'Berth does not generate units or Kubernetes YAML yet: restart policies (`berth update --restart always`) start containers at boot.',
)

export const autoUpdate = absent(
  'Auto update containers according to their auto-update policy',
  'Berth does not update containers by itself yet: pull the new image, and put a container on it with `berth container edit --image`.',
)

export const quadlet = absent(
  'Allows users to manage Quadlets',
  'Berth does not manage quadlets yet: restart policies (`berth update --restart always`) start containers at boot.',
)
