import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import type { ReactNode } from 'react'

import { linkTo } from '../../hooks/route.ts'
import { _ } from '../../i18n/gettext.ts'
import { EmptyView, ErrorView } from '../empty-states.tsx'
import { PageTitle } from '../page-title.tsx'

/** The list that an object stands in, and what is said where it does not. */
export interface DetailsList {
  /** The page of the list, and what it is called. */
  readonly page: string
  readonly title: string
  /** `undefined` until it has been read. */
  readonly items: readonly unknown[] | undefined
  readonly error: Error | undefined
  /** The heading of an error. */
  readonly failed: string
  readonly onRetry: () => void
  /** The heading where the object is not in it, and the link to all. */
  readonly missing: string
  readonly all: string
}

interface DetailsFrameProps {
  list: DetailsList
  /** What the object is called, as far as is known. */
  name: string
  /** All about the object, once it was found in the list. */
  children: ReactNode
}

/** The frame of a page about one object: the way back to its list, and what is shown while, or as long as, the object is not there. */
export function DetailsFrame({ list, name, children }: DetailsFrameProps) {
  const { page, title, items, error, failed, onRetry, missing, all } = list
  const found = children !== undefined && children !== null && children !== false
  return (
    <PageSection isFilled className="berth-details" aria-labelledby="berth-title">
      <Breadcrumb aria-label={_('Breadcrumb')} className="berth-breadcrumb">
        <BreadcrumbItem to={linkTo([page])}>{title}</BreadcrumbItem>
        <BreadcrumbItem isActive title={name}>
          {name}
        </BreadcrumbItem>
      </Breadcrumb>
      {found ? children : <PageTitle>{name}</PageTitle>}
      {!items && !error && <Skeleton height="16rem" screenreaderText={_('Loading')} />}
      {!items && error && <ErrorView title={failed} message={error.message} onRetry={onRetry} />}
      {items && !found && (
        <EmptyView
          title={missing}
          action={
            <Button component="a" href={linkTo([page])}>
              {all}
            </Button>
          }
        >
          {_('It was removed, or the link is wrong.')}
        </EmptyView>
      )}
    </PageSection>
  )
}

interface DetailsHeadingProps {
  name: string
  /** Beside the name: its state, what is special about it. */
  beside?: ReactNode
  /** Below the name. */
  below: ReactNode
  /** What can be done with it. */
  actions: ReactNode
}

/** The heading of such a page. */
export function DetailsHeading({ name, beside, below, actions }: DetailsHeadingProps) {
  return (
    <div className="berth-heading">
      <div className="berth-heading-name">
        <PageTitle beside={beside}>{name}</PageTitle>
        <div className="berth-quiet">{below}</div>
      </div>
      <div className="berth-row-actions">{actions}</div>
    </div>
  )
}
