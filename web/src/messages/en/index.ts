/** All messages of this language, a file for each room of the page. */

import app from "./app.json";
import board from "./board.json";
import data from "./data.json";
import floor from "./floor.json";
import insight from "./insight.json";
import materials from "./materials.json";
import orders from "./orders.json";
import people from "./people.json";
import promise from "./promise.json";
import scenarios from "./scenarios.json";

export default {
  ...app,
  ...board,
  ...data,
  ...floor,
  ...insight,
  ...materials,
  ...orders,
  ...people,
  ...promise,
  ...scenarios,
};
