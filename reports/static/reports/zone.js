// Choose the time zone of the browser, where nobody has chosen one.
"use strict";
const field = document.querySelector("select[data-own-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const offered = field && [...field.options].find((one) => one.value === own);

if (offered && field.selectedOptions[0].defaultSelected) field.value = own;
