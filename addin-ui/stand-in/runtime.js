// As classic Outlook on Windows runs events: the library and one plain script, without a page, a DOM or modules.
const script = new URL(self.location.href).searchParams.get("script");
importScripts("/outlook/office-stand-in.js");
if (script?.startsWith("/addin/")) importScripts(script);
