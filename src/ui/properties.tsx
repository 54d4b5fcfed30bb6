import { Card, CardBody, CardTitle } from '@patternfly/react-core/dist/esm/components/Card'
import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core/dist/esm/components/DescriptionList'
import type { ReactNode } from 'react'

/** A name and a value; an undefined value leaves the line out. */
export type Property = readonly [name: string, value: ReactNode]

/** Makes one. */
export const property = (name: string, value: ReactNode): Property => [name, value]

/** A card of names and values. */
export function Properties({ title, items, children }: { title: string; items?: readonly Property[]; children?: ReactNode }) {
  return (
    <Card isCompact className="berth-card">
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>
        {items && (
          <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: '8.5rem' }}>
            {items
              .filter(([, value]) => value !== undefined && value !== '')
              .map(([name, value]) => (
                <DescriptionListGroup key={name}>
                  <DescriptionListTerm>{name}</DescriptionListTerm>
                  <DescriptionListDescription>{value}</DescriptionListDescription>
                </DescriptionListGroup>
              ))}
          </DescriptionList>
        )}
        {children}
      </CardBody>
    </Card>
  )
}
