/** Podman's last words for a kind of failure, which its messages end with and its clients look for. */
const known = [
  'no such container',
  'container state improper',
  'no such pod',
  'pod state improper',
  'no such volume',
  'volume is being used',
  'volume already exists',
  'network not found',
  'network already exists',
  'network is being used',
  'no such secret',
  'secret name in use',
  'image not known',
  'image is in use by a container',
  'no such exec session',
  'exec session state improper',
  'no such file or directory',
  'that name is already in use',
  'invalid argument',
  'invalid reference format',
  'invalid network mode',
  'container is stopped',
]

const atEnd = new RegExp(`(?:^|: )(${known.join('|')})\\.?$`)

/** The root of a failure as podman's body has it in `cause`; the text itself where it names no other. */
export function rootCause(text: string): string {
  return atEnd.exec(text)?.[1] ?? text
}
