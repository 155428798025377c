// SPDX-License-Identifier: MIT
// node watchpack.js FOLDER...: a line for each event that watchpack reports, asked as webpack asks: for the files that a
// build has read, for those that it looked for in vain, and for the folders that it has listed.
"use strict";

const fs = require("fs");
const path = require("path");
const Watchpack = require("watchpack");

const folders = process.argv.slice(2);
const inside = folders.flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)));
const files = inside.filter((name) => fs.statSync(name).isFile());
const sought = folders.map((folder) => path.join(folder, "it.js")).filter((name) => !files.includes(name));
const never = folders.map((folder) => path.join(folder, "never.js"));
const watchpack = new Watchpack({ aggregateTimeout: 20 });

watchpack.on("change", (name) => console.log("change", name));
watchpack.on("remove", (name) => console.log("remove", name));
watchpack.watch({ files, directories: folders, missing: [...sought, ...never], startTime: Date.now() });

// It has no event for this: a file that does not exist has an entry once its folder has been read.
const scan = setInterval(() => {
    const entries = watchpack.getTimeInfoEntries();
    if (never.every((name) => entries.has(name))) {
        clearInterval(scan);
        console.log("ready");
    }
}, 50);
