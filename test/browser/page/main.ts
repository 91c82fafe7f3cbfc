// The built package, as a page of a user's would import it; the tests reach it as window.augrad.
import * as augrad from "augrad";
import * as recipes from "augrad/recipes";

declare global {
  interface Window {
    augrad: typeof augrad;
    recipes: typeof recipes;
  }
}
window.augrad = augrad;
window.recipes = recipes;
