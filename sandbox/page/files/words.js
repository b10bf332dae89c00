/* The page's words in the reader's language. English is the key, and what the carrier itself says stays English. */

const LANGUAGES = ["de", "fr", "it"];

/* For each text of the page and of its scripts: German, French, Italian. */
const TEXTS = {
  "Phone network": ["Telefonnetz", "Réseau téléphonique", "Rete telefonica"],
  "To the calls": ["Zu den Anrufen", "Aller aux appels", "Vai alle chiamate"],
  "live calls": ["laufende Anrufe", "appels en cours", "chiamate in corso"],
  "conferences": ["Konferenzen", "conférences", "conferenze"],
  "placed": ["aufgegeben", "passés", "avviate"],
  "requests under way": ["Anfragen unterwegs", "requêtes en route", "richieste in viaggio"],
  "The sandbox does not answer. What you see may be old.": ["Die Sandbox antwortet nicht. Was Sie sehen, ist vielleicht veraltet.", "La sandbox ne répond pas. Ce que vous voyez est peut-être ancien.", "La sandbox non risponde. Ciò che vede potrebbe essere vecchio."],
  "The sandbox does not answer.": ["Die Sandbox antwortet nicht.", "La sandbox ne répond pas.", "La sandbox non risponde."],
  "Who picks up?": ["Wer nimmt ab?", "Qui décroche ?", "Chi risponde?"],
  "Simulated people": ["Simulierte Personen", "Des personnes simulées", "Persone simulate"],
  "I do, for every number": ["Ich, bei jeder Nummer", "Moi, pour chaque numéro", "Io, per ogni numero"],
  "I do, for these": ["Ich, bei diesen", "Moi, pour ceux-ci", "Io, per questi"],
  "Numbers that ring here": ["Nummern, die hier klingeln", "Numéros qui sonnent ici", "Numeri che squillano qui"],
  "Set": ["Setzen", "Définir", "Imposta"],
  "Set; it counts for the next calls.": ["Gesetzt; gilt für die nächsten Anrufe.", "Défini ; vaut pour les prochains appels.", "Impostato; vale per le prossime chiamate."],
  "Calls": ["Anrufe", "Appels", "Chiamate"],
  "Find a call": ["Einen Anruf finden", "Trouver un appel", "Trovare una chiamata"],
  "Find a number, conference, status, SID": ["Nummer, Konferenz, Stand, SID finden", "Trouver un numéro, une conférence, un état, un SID", "Trovare numero, conferenza, stato, SID"],
  "Show": ["Zeigen", "Afficher", "Mostrare"],
  "All": ["Alle", "Tous", "Tutte"],
  "Ringing": ["Klingelt", "Sonne", "Squilla"],
  "Answered": ["Abgenommen", "Décroché", "Risposto"],
  "By hand": ["Von Hand", "À la main", "A mano"],
  "Agents": ["Agenten", "Agents", "Operatori"],
  "Ended": ["Beendet", "Terminé", "Terminata"],
  "Nobody is on the line.": ["Niemand ist am Apparat.", "Personne n’est en ligne.", "Nessuno è in linea."],
  "Order a call with your Twilio SDK sent to": ["Geben Sie einen Anruf auf, mit Ihrem Twilio-SDK an", "Passez un appel avec votre SDK Twilio dirigé vers", "Avvii una chiamata con il Suo SDK Twilio verso"],
  ", or start a campaign in Halali: its phone rings here.": [", oder starten Sie in Halali eine Kampagne: ihr Telefon klingelt hier.", ", ou lancez une campagne dans Halali : son téléphone sonne ici.", ", o avvii una campagna in Halali: il suo telefono squilla qui."],
  "Choose “I do” above to pick up yourself; pick a call to answer, speak, press keys or hang up.": ["Wählen Sie oben «Ich», um selbst abzunehmen; wählen Sie einen Anruf, um abzunehmen, zu sprechen, Tasten zu drücken oder aufzulegen.", "Choisissez «Moi» ci-dessus pour décrocher vous-même ; choisissez un appel pour répondre, parler, presser des touches ou raccrocher.", "Scelga «Io» qui sopra per rispondere di persona; scelga una chiamata per rispondere, parlare, premere tasti o riagganciare."],
  "On a call in the list:": ["Auf einem Anruf der Liste:", "Sur un appel de la liste :", "Su una chiamata della lista:"],
  "move,": ["bewegen,", "déplacent,", "spostano,"],
  "opens,": ["öffnet,", "ouvre,", "apre,"],
  "answers,": ["nimmt ab,", "répond,", "risponde,"],
  "refuses,": ["lehnt ab,", "refuse,", "rifiuta,"],
  "takes over,": ["übernimmt,", "reprend,", "rileva,"],
  "hangs up.": ["legt auf.", "raccroche.", "riaggancia."],
  "No call chosen": ["Kein Anruf gewählt", "Aucun appel choisi", "Nessuna chiamata scelta"],
  "Pick a call from the list to be the person at that phone.": ["Wählen Sie einen Anruf der Liste, um die Person an jenem Telefon zu sein.", "Choisissez un appel de la liste pour être la personne à ce téléphone.", "Scelga una chiamata della lista per essere la persona a quel telefono."],
  "What the person says": ["Was die Person sagt", "Ce que dit la personne", "Che cosa dice la persona"],
  "Say": ["Sagen", "Dire", "Dire"],
  "Or be a machine that greets with": ["Oder ein Anrufbeantworter sein, der so grüsst", "Ou être un répondeur qui salue ainsi", "O essere una segreteria che saluta così"],
  "You have reached … Please leave a message.": ["Sie sind verbunden mit … Bitte hinterlassen Sie eine Nachricht.", "Vous êtes chez … Veuillez laisser un message.", "Risponde … Lasci un messaggio."],
  "Be a machine": ["Anrufbeantworter sein", "Être un répondeur", "Essere una segreteria"],
  "Keypad": ["Tasten", "Clavier", "Tastiera"],
  "Said and pressed": ["Gesagt und gedrückt", "Dit et pressé", "Detto e premuto"],
  "Requests about this call": ["Anfragen zu diesem Anruf", "Requêtes au sujet de cet appel", "Richieste su questa chiamata"],
  "Conferences and queues": ["Konferenzen und Warteschlangen", "Conférences et files d’attente", "Conferenze e code"],
  "Requests to your application": ["Anfragen an Ihre Anwendung", "Requêtes à votre application", "Richieste alla Sua applicazione"],
  "Alerts": ["Warnungen", "Alertes", "Avvisi"],
  "Ringing: {to}": ["Klingelt: {to}", "Sonne : {to}", "Squilla: {to}"],
  "standing still": ["steht still", "à l’arrêt", "fermo"],
  "{speed}× real time": ["{speed}× Echtzeit", "{speed}× le temps réel", "{speed}× il tempo reale"],
  "queued": ["eingereiht", "en file", "in coda"],
  "dialing": ["wählt", "compose", "compone"],
  "ringing": ["klingelt", "sonne", "squilla"],
  "answered": ["abgenommen", "décroché", "risposto"],
  "completed": ["beendet", "terminé", "terminata"],
  "busy": ["besetzt", "occupé", "occupato"],
  "failed": ["gescheitert", "échoué", "fallita"],
  "no answer": ["keine Antwort", "sans réponse", "nessuna risposta"],
  "no answer ({why})": ["keine Antwort ({why})", "sans réponse ({why})", "nessuna risposta ({why})"],
  "canceled": ["abgebrochen", "annulé", "annullata"],
  "{count} more: narrow them down.": ["{count} weitere: schränken Sie sie ein.", "{count} de plus : affinez la recherche.", "Altre {count}: restringa la ricerca."],
  "No call fits.": ["Kein Anruf passt.", "Aucun appel ne correspond.", "Nessuna chiamata corrisponde."],
  "waits in {queue}": ["wartet in {queue}", "attend dans {queue}", "attende in {queue}"],
  "on hold": ["gehalten", "en attente", "in attesa"],
  "muted": ["stumm", "muet", "muto"],
  "coaches": ["hilft", "conseille", "assiste"],
  "hears {others}": ["hört {others}", "entend {others}", "sente {others}"],
  "hears nobody": ["hört niemanden", "n’entend personne", "non sente nessuno"],
  "in {room}": ["in {room}", "dans {room}", "in {room}"],
  "is asked for input": ["wird um eine Eingabe gebeten", "est prié de saisir", "deve inserire qualcosa"],
  "ended by {who}": ["beendet von: {who}", "terminé par : {who}", "terminata da: {who}"],
  "waits for your hand": ["wartet auf Ihre Hand", "attend votre main", "attende la Sua mano"],
  "from {number}": ["von {number}", "de {number}", "da {number}"],
  "Answer": ["Abnehmen", "Répondre", "Rispondere"],
  "Refuse": ["Ablehnen", "Refuser", "Rifiutare"],
  "Take over": ["Übernehmen", "Reprendre", "Rilevare"],
  "Speak and listen": ["Sprechen und hören", "Parler et écouter", "Parlare e ascoltare"],
  "Mute": ["Stumm schalten", "Couper le micro", "Disattivare il microfono"],
  "Unmute": ["Nicht mehr stumm", "Rétablir le micro", "Riattivare il microfono"],
  "Hang up": ["Auflegen", "Raccrocher", "Riagganciare"],
  "This page may not use a microphone: open it by 127.0.0.1 or localhost.": ["Diese Seite darf kein Mikrofon nutzen: öffnen Sie sie über 127.0.0.1 oder localhost.", "Cette page ne peut pas utiliser de microphone : ouvrez-la par 127.0.0.1 ou localhost.", "Questa pagina non può usare un microfono: la apra tramite 127.0.0.1 o localhost."],
  "The microphone is not allowed: you hear the others, and they read what you type.": ["Das Mikrofon ist nicht erlaubt: Sie hören die anderen, und diese lesen, was Sie tippen.", "Le microphone n’est pas autorisé : vous entendez les autres, et ils lisent ce que vous tapez.", "Il microfono non è consentito: Lei sente gli altri, e loro leggono ciò che scrive."],
  "There is no microphone: you hear the others, and they read what you type.": ["Es gibt kein Mikrofon: Sie hören die anderen, und diese lesen, was Sie tippen.", "Il n’y a pas de microphone : vous entendez les autres, et ils lisent ce que vous tapez.", "Non c’è un microfono: Lei sente gli altri, e loro leggono ciò che scrive."],
  "No microphone: {why}.": ["Kein Mikrofon: {why}.", "Pas de microphone : {why}.", "Nessun microfono: {why}."],
  "A browser is this phone; it is muted.": ["Ein Browser ist dieses Telefon; er ist stumm.", "Un navigateur est ce téléphone ; il est muet.", "Un browser è questo telefono; è muto."],
  "A browser is this phone.": ["Ein Browser ist dieses Telefon.", "Un navigateur est ce téléphone.", "Un browser è questo telefono."],
  "Another window speaks for this phone.": ["Ein anderes Fenster spricht für dieses Telefon.", "Une autre fenêtre parle pour ce téléphone.", "Un’altra finestra parla per questo telefono."],
  "Your microphone is muted.": ["Ihr Mikrofon ist stumm.", "Votre microphone est coupé.", "Il Suo microfono è disattivato."],
  "Allow the microphone to speak; or type below.": ["Erlauben Sie das Mikrofon, um zu sprechen; oder tippen Sie unten.", "Autorisez le microphone pour parler ; ou tapez ci-dessous.", "Consenta il microfono per parlare; o scriva qui sotto."],
  "You are on the line. Wear headphones.": ["Sie sind am Apparat. Tragen Sie Kopfhörer.", "Vous êtes en ligne. Mettez un casque.", "È in linea. Indossi le cuffie."],
  "You are on the line; nobody is heard yet.": ["Sie sind am Apparat; noch ist niemand zu hören.", "Vous êtes en ligne ; on n’entend encore personne.", "È in linea; non si sente ancora nessuno."],
  "pressed {keys}": ["drückte {keys}", "a pressé {keys}", "ha premuto {keys}"],
  "not started": ["nicht begonnen", "pas commencée", "non iniziata"],
  "Queue {name}": ["Warteschlange {name}", "File {name}", "Coda {name}"],
  "{count} waiting": ["{count} warten", "{count} en attente", "{count} in attesa"],
  "No conference, no queue.": ["Keine Konferenz, keine Warteschlange.", "Pas de conférence, pas de file.", "Nessuna conferenza, nessuna coda."],
  "try {count}": ["Versuch {count}", "essai {count}", "tentativo {count}"],
  "Nothing was asked of your application yet.": ["Von Ihrer Anwendung wurde noch nichts verlangt.", "Rien n’a encore été demandé à votre application.", "Alla Sua applicazione non è stato ancora chiesto nulla."],
  "No alerts.": ["Keine Warnungen.", "Aucune alerte.", "Nessun avviso."],
};

const wanted = navigator.languages.map((one) => one.slice(0, 2)).find((one) => one === "en" || LANGUAGES.includes(one)) ?? "en";

/* A text in the reader's language, with `{name}` filled in. */
export function say(text, facts = {}) {
  const said = TEXTS[text]?.[LANGUAGES.indexOf(wanted)] ?? text;
  return said.replace(/\{(\w+)\}/g, (whole, name) => String(facts[name] ?? whole));
}

/* What stands in the page itself. */
function translatePage() {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const [, before, text, after] = /^(\s*)(.*?)(\s*)$/s.exec(texts.currentNode.data);
    if (text) texts.currentNode.data = before + say(text) + after;
  }
  for (const name of ["aria-label", "placeholder"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) element.setAttribute(name, say(element.getAttribute(name)));
  }
  document.title = say(document.title);
  document.documentElement.lang = wanted;
}

if (wanted !== "en") translatePage();
