// Ask for the part of a long change that is next, as its button does without this.
"use strict";
document.querySelector("form[data-goes-on]")?.requestSubmit();
