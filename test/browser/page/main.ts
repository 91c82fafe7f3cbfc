// The built package, as a page of a user's would import it; the tests reach it as window.augrad.
import * as augrad from "augrad";

declare global {
  interface Window {
    augrad: typeof augrad;
  }
}
window.augrad = augrad;
