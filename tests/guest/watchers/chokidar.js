// SPDX-License-Identifier: MIT
// node chokidar.js PACKAGE FOLDER: a line for each event that chokidar reports below a folder, as most build tools use it.
"use strict";

const [name, folder] = process.argv.slice(2);

require(name)
    .watch(folder, { ignoreInitial: true })
    .on("all", (event, path) => console.log(event, path))
    .on("ready", () => console.log("ready"));
