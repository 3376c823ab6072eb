// Who writes to whom in the demo. Everyone and every address is invented; `.example` is reserved.

export const domain = "egelund-kommune.example";
const own = (name, user) => `${name} <${user}@${domain}>`;

export const birthe = own("Birthe Lund", "birthe.lund");
export const jonas = own("Jonas Birk", "jonas.birk");
export const karen = own("Karen Holm", "karen.holm");
export const soeren = own("Søren Dahl", "soeren.dahl");
export const mogens = own("Mogens Vinther", "mogens.vinther");
export const hr = own("HR og Løn", "hr");
export const direktion = own("Kommunaldirektør Henriette Ørsted-Jørgensen", "henriette.oersted");
export const teknik = own("Teknik og Miljø", "teknik-miljoe");

const citizen = (name, user) => `${name} <${user}@borger.example>`;
export const aase = citizen("Åse Nørgaard", "aase.noergaard");
export const lars = citizen("Lars Østergaard", "lars.oestergaard");
export const kirsten = citizen("Kirsten Bak", "kirsten.bak");
export const bent = citizen("Bent Krogh", "bent.krogh");
export const gudrun = citizen("Gudrun Iversen", "gudrun.iversen");
export const poul = citizen("Poul Thygesen", "poul.thygesen");
export const jensOle = citizen("Jens-Ole Damgård-Christensen", "jodc");
export const inger = citizen("Inger Højgaard", "inger.hoejgaard");
export const tove = citizen("Tove Kjær", "tove.kjaer");
export const dorthe = citizen("Dorthe Holst", "dorthe.holst");

export const havn = "Havnekvarteret Udvikling <projekt@havnekvarteret.example>";
export const skovbrynet = "Skovbrynet Boliger <info@skovbrynet.example>";
export const torvegaarden = "Ejerforeningen Torvegården <bestyrelsen@torvegaarden.example>";
export const streg = "Tegnestuen Streg & Rum <mail@stregogrum.example>";
export const nedrivning = "Nedrivning Nord <tilbud@nedrivningnord.example>";
export const vejraad = "Vejrådgiverne I/S <kontakt@vejraadgiverne.example>";
export const genbrug = "Grøn Genbrug A/S <udbud@groengenbrug.example>";
export const mejeri = "Egelund Mejeri, miljøafdelingen <miljoe@egelundmejeri.example>";
export const jordtek = "JordTek Rådgivning <lab@jordtek.example>";
export const avis = "Egelund Avis <redaktion@egelundavis.example>";
export const boldklub = "Nørreby Boldklub <formand@noerrebybk.example>";
export const vind = "Kærgård Vindlaug <bestyrelse@kaergaardvind.example>";
export const aaby = "Aaby Kommune, Klima <klima@aaby-kommune.example>";
export const kontorhuset = "Kontorhuset Nord <faktura@kontorhusetnord.example>";
export const legesikker = "LegeSikker <inspektion@legesikker.example>";
export const trivsel = "Trivsel & Miljø Konsulenterne <hej@trivselogmiljoe.example>";
export const sofie = "Sofie Rasmussen <sofie.rasmussen@ansoeger.example>";
export const fagblad = "Byplan Nyt <nyhedsbrev@byplannyt.example>";
export const konference = "Klimakonferencen <invitation@klimakonference.example>";
