/** Whose reports are whose: what this app was about before anybody could sign in. */
const REPORTS = [
  { title: "Spring", owner: "adelev@contoso.com" },
  { title: "Autumn", owner: "alexw@contoso.com" },
];

exports.titles = () => REPORTS.map(({ title }) => title);

exports.titlesOf = (username) =>
  REPORTS.filter(({ owner }) => owner === username).map(({ title }) => title);
