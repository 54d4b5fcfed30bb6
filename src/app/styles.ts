// PatternFly's foundation; each component brings its own style sheet.
import '@patternfly/react-core/dist/styles/base.css'
import './style.css'
