import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-search-icon'

import { _ } from '../i18n/gettext.ts'
import { EmptyView } from '../ui/empty-states.tsx'
import { linkToView, views } from './views.tsx'

/** What stands in place of a page that there is not, or not with this engine. */
export function PageNotFound() {
  return (
    <PageSection isFilled aria-label={_('Page not found')}>
      <EmptyView
        isPage
        title={_('Page not found')}
        icon={SearchIcon}
        action={
          <Button component="a" href={linkToView(views[0]!)}>
            {_('Go to the overview')}
          </Button>
        }
      >
        {_('There is no page at this address. It may be mistyped, or this engine does not have the page.')}
      </EmptyView>
    </PageSection>
  )
}
