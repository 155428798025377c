// SPDX-License-Identifier: MIT
// node fswatch.js FOLDER...: a line for each event that Node's own fs.watch reports in these folders.
"use strict";

const fs = require("fs");
const path = require("path");

for (const folder of process.argv.slice(2))
    // An event of the folder itself has the folder's own name.
    fs.watch(folder, (event, name) => console.log(event, name === path.basename(folder) ? folder : path.join(folder, name)));
console.log("ready");
