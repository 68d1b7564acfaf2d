// Tells the server whose clock the reader follows; without this script it is the server's own, or the one
// that was chosen on the page of the preferences.
(() => {
  const KEY = "jobyard-zone";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = document.cookie.split("; ").includes(`${KEY}=${zone}`);
  if (zone && /^[\w+/-]+$/.test(zone) && !known) {
    document.cookie = `${KEY}=${zone}; path=/; max-age=31536000; samesite=lax`;
  }
})();
