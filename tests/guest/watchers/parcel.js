// SPDX-License-Identifier: MIT
// node parcel.js FOLDER: a line for each event that @parcel/watcher reports below a folder.
"use strict";

const print = (error, events) => {
    if (error) throw error;
    for (const { type, path } of events) console.log(type, path);
};

require("@parcel/watcher")
    .subscribe(process.argv[2], print)
    .then(() => console.log("ready"));
