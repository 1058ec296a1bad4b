"""Words by which nobody is known alone, though they are in the names of organisations: common ones of English, and large places."""

from __future__ import annotations

_WORDS = """
about above abuse academies academy access achieve acorn across action active activities activity adult adults
advance advice advocacy advocates affairs after again against agency agenda ahead aiming airport alliance allies
always ambition among anchor ancient angel angels animal annual another answer apple approach april arches archway
around ascent aspect aspire aspiring asset assets assist assistance associates association atlantic atomic august
autism autumn avenue aware awareness bakery balance banner basin beach beacon beacons beginnings behind being belief
believe belong belonging below benefit bereavement beside better between beyond birch birds black blossom board
boats border bottom bound boundary brave breakthrough breeze bridge bridges bright brighter british broad broken
brook brothers brown build builders building buildings business butterfly cabin campus canal candle canvas capacity
capital cards career careers carers caring castle cause cedar central centre centres century chain chance chances
change changes changing channel chapel chapter charitable charity charter chestnut child childcare childhood
children choice choices choir christian church circle circles citizen citizens civic clear cliff clinic close cloud
coach coaching coast coastal coastline collective college colour colours comfort commissioner commissioners common
commonplace commons commonwealth commune communities community compact companions company compass complete concern
conference connect connected connection connections connexions conservation consortium constructive consultancy
consultants consulting contact contract contracts cooperative corner cornerstone council counselling country county
courage court craft create creating creation creative creatives crescent crime crisis cross crossing crossroads
crown culture curve cycle cycling dance daylight debate december defence delivery delta dementia democracy derby
design develop development dialogue different digital direct direction directions disability discover discovery
district diverse diversity doctor domestic doors double downs dragon drama dream dreams drive early earth eastern
eclipse education educational eight elder election electric element elements elevator eleven embrace emerald emerge
emergency empower empowering empowerment enable enabling encounter endeavour energy engage engagement engine
engineering england english enterprise enterprises environment equal equality essential estate estuary europe
european evening event every everybody everyone everything evolution evolve excel excellence exchange experience
explore explorer express facing factory fairer faith falcon families family farms father fathers feather federation
fellowship festival field fields fifth first fisher flame flight flourish flower flowers focus football force
foreign forest forge forth forum forward foster fostering foundation foundations fountain fourth freedom fresh
friend friendly friends friendship frontier fulfil future futures galaxy gallery garden gardens gates gateway gather
gathering general generation generations gentle girls glass global golden grace grand grange grant grants grass
great green greener greenhouse group groups grove growing growth guardian guidance guide guild hands happy harbour
harmony harvest haven hazel heading headway healing health healthcare healthier healthy heard hearing heart hearts
heath heather helping heritage heroes higher highland highway highways hills history holly homeless homes hopes
horizon horizons horse hospice hospital hostel house houses housing human hundred hunter hygiene ideas imagine
impact inclusion inclusive independence independent individual industries industry influence information initiative
initiatives inner innovate innovation innovations inside insight insights inspiration inspire inspired inspiring
institute insurance integrate integrated interest interests interim international internet invest investment ireland
irish island islands isles jewel joint journey journeys juniors justice keystone kindness kingdom kings kitchen
knight knowledge labour ladder lakes landing language lantern large later latin laurel leader leaders leadership
leading league learn learners learning legacy legal leisure lesson level liberty library licence lifeline lifelong
lifestyle lifetime light lighthouse lights limited linked links listen listening literacy little lively lives living
local lodge logic lotus lower magic making manage management manor maple march marine market master matter matters
meadow meadows meaning media mediation medical meeting member memorial mencap mental mentor mentoring mentors
metropolitan midland midlands mindful minds ministry mirror mission mobile modern moment moorland moors morning
mother mothers motion mountain movement moving museum music mutual national nationwide native natural nature
navigate navigator network networks never newer night north northern northwest nothing november number nurse nursery
nurture oasis ocean october offender office officers older olive opening operation operations opportunities
opportunity options orange orchard organisation organisations organization origin other outdoor outlook outreach
outside oxygen palace panel parade parent parenting parents parish parks parliament partner partners partnership
partnerships passage passion paths pathway pathways patient peace peaceful pearl pebble penguin peninsula people
peoples performance person personal perspective phoenix physical picture piece pillar pilot pioneer pioneers place
placement places plain planet plant platform players playing point police poplar positive possible potential poverty
power practice prevention pride primary prime prince princes princess priority prism private probation procurement
production productions professional programme progress progressive project projects promise promote protect
protection proud provider providers provision public purpose quality quarter queen quest question quick quiet
rainbow raise range reach reaching reading ready recovery recycling refuge refugee regeneration region regional
relate relationship relief research researchers resilience resilient resolve resource resources respect response
restore result results retreat return revenue rhythm right rights rising river rivers riverside roads robin rocks
rooms roots round route routes rowan royal rural safer safety sailing saint sanctuary sands saturday scheme school
schools science scotland scottish scout scouts search seaside season seasons second secure seeds senior sense
sensory september serve service services settlement seven severn sexual shared shelter shine shire shore short sight
signal signing signs silver simple single sister sisters sixth skill skills skyline small smile social society solar
solid solution solutions sound source south southern southwest space spaces spark speak special specialist spectrum
speech spiral spirit sport sports spring springboard square stable staff stage standard stars start station stepping
steps still stone stones stories storm story strategy stream street streets strength strengths strong stronger
student students studio studios success summer summit sunday sunflower sunrise sunshine supply support supported
supporting supportive sustain sustainable swallow sweet swift sycamore synergy system systems table talent talking
teach teams technology teenage teens temple tenant tender tendering tenders theatre therapeutic therapeutics
therapies therapy thinking third thomas thousand three thrive thriving through tides tiger times today together
tomorrow tools torch total touch tower towns trade trading tradition trail training transform transformation
transition transitions transport travel traveller treasure trees triangle trident trinity trust trusted trustees
trusts turning twelve twenty ultimate umbrella uncle under understanding union unique unite united unity universal
university uplift upper upward urban valley value values vantage venture ventures veterans victim victims victoria
views village villages violence vision visions vista vital vocal voice voices voluntary volunteer volunteers wales
walking walks watch water waters waterside waves weekend welcome welfare wellbeing wellness welsh western wheel
whole willow windmill window windows wings winter wisdom woman women wonder woodland woodlands woods worker workers
working workplace works workshop workshops world worth yellow young younger youth zebra
"""

_PLACES = """
aberdeen bedford bedfordshire belfast berkshire birmingham blackpool bolton bournemouth bradford brighton bristol
buckinghamshire cambridge cambridgeshire cardiff carlisle cheltenham cheshire chester cornish cornwall coventry
croydon cumbria derby derbyshire devon devonshire doncaster dorset dundee durham edinburgh enfield essex exeter
exmouth falmouth glasgow gloucester gloucestershire hackney hampshire hereford herefordshire hertfordshire
huddersfield ipswich kernow lancashire lancaster leeds leicester leicestershire lincoln lincolnshire liverpool
london luton manchester merseyside middlesbrough newcastle newport newquay norfolk northampton northamptonshire
northumberland norwich nottingham nottinghamshire oldham oxford oxfordshire penzance peterborough plymouth
portsmouth preston redruth rochdale rutland salford scotland sheffield shropshire somerset southampton staffordshire
stockport suffolk sunderland surrey sussex swansea swindon taunton torbay torquay truro wakefield walsall
warwickshire wigan wiltshire wolverhampton worcester worcestershire yorkshire
"""

COMMON_WORDS = frozenset(f"{_WORDS} {_PLACES}".split())
"""All of them, in small letters; those of fewer than five letters are looked for nowhere."""
