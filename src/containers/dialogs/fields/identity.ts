import type { ContainerSpec } from '../../../../engine/contract/index.ts'
import { badValue } from '../../../../engine/spec/bad-value.ts'
import { checkName } from '../../../../engine/spec/name.ts'
import { parsePairs } from '../../../../engine/spec/pair.ts'
import { argumentField, rowsField, textField } from '../../../engine/fields/field.ts'
import type { Draft, Pair } from '../draft.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

function requireImage({ image }: Draft): void {
  const name = image.trim()
  if (name === '') throw badValue('Enter an image name.')
  if (/\s/.test(name)) throw badValue('An image name cannot contain spaces.')
  if (name.startsWith('-')) throw badValue('An image name cannot start with a dash.')
}

/** The image, which is the first argument. */
export const imageField: ContainerField = containerField(
  argumentField<Draft, ContainerSpec>('image', {
    words: ({ image }) => [image.trim() || 'IMAGE'],
    request: ({ image }) => ({ image: image.trim() }),
    require: requireImage,
  }),
  { fill: ({ inspect }) => ({ image: inspect.ImageName || inspect.Image }) },
)

function requireLabelName({ name }: Pair): void {
  if (name === '') throw badValue('Enter a name.')
}

/** Labels that the container has beyond its image's. Those of compose and of a unit would make another one a part of them. */
function labelsOf({ inspect, image, sameContainer }: Seen): Pair[] {
  const own = Object.entries(inspect.Config.Labels ?? {}).filter(([name, value]) => image?.Labels?.[name] !== value)
  return own
    .filter(([name]) => sameContainer || !/^(com\.docker\.compose|io\.podman\.compose)\.|^PODMAN_SYSTEMD_UNIT$/.test(name))
    .map(([name, value]) => ({ name, value }))
}

/** What a container is called, and where it belongs. */
export const identityFields: readonly ContainerField[] = [
  containerField(
    textField('name', '--name', {
      text: ({ name }) => name,
      read: (name) => {
        checkName(name)
        return { name }
      },
    }),
    { fill: ({ inspect }) => ({ name: inspect.Name.replace(/^\//, '') }) },
  ),
  textField('pod', '--pod', { text: ({ pod }) => pod, read: (pod) => ({ pod }) }),
  containerField(
    rowsField('labels', '--label', {
      rows: ({ labels }) => labels,
      text: ({ name, value }: Pair) => (name === '' && value === '' ? '' : `${name}=${value}`),
      read: (texts) => ({ labels: parsePairs(texts, 'label') }),
      require: requireLabelName,
      sample: { name: 'name', value: '' },
    }),
    { group: 'labels', fill: (seen) => ({ labels: labelsOf(seen) }) },
  ),
  // How the image is obtained before the engine is asked to create anything.
  {
    name: 'pull',
    group: 'labels',
    flags: ['--pull'],
    words: ({ pull }) => (pull === 'missing' ? [] : ['--pull', pull]),
    request: () => ({}),
    check: () => undefined,
  },
]
