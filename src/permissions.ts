import type { Call } from "./lightsout.ts";

const LIST = ["$select", "$filter", "$search", "$orderby", "$top", "$skip", "$count"];
const DAYS = ["startDateTime", "endDateTime"];

/** All calls to Microsoft Graph that the browser can make in this app. To offer more, add a row. */
export const permissions: readonly Call[] = [
  { method: "GET", path: "me", scopes: ["User.Read"], query: ["$select"] },
  { method: "GET", path: "me/photo/$value", scopes: ["User.Read"] },
  { method: "GET", path: "me/messages", scopes: ["Mail.Read"], query: LIST },
  { method: "GET", path: "me/messages/{id}", scopes: ["Mail.Read"], query: ["$select"] },
  { method: "GET", path: "me/calendarView", scopes: ["Calendars.Read"], query: [...DAYS, ...LIST] },
  { method: "POST", path: "me/sendMail", scopes: ["Mail.Send"] },
];
