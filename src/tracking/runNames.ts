import { randomInt } from 'node:crypto';

/**
 * A readable name such as `brave-fox-12`, as MLflow's `_generate_random_name` makes them: predicate, noun, a number up to
 * 1000, at most 20 characters (ten tries, then it is cut).
 */
export function randomRunName(): string {
  let name = '';
  for (let attempt = 0; attempt < 10; attempt++) {
    name = `${pick(predicates)}-${pick(nouns)}-${randomInt(1001)}`;
    if (name.length <= maxLength) return name;
  }
  return name.slice(0, maxLength);
}

const maxLength = 20;

const pick = (words: readonly string[]) => words[randomInt(words.length)] ?? '';

// The words are MLflow's, from mlflow/utils/name_utils.py: Copyright 2018 Databricks, Inc., Apache License 2.0.
const predicates = `
  abundant able abrasive adorable adaptable adventurous aged agreeable ambitious amazing amusing
  angry auspicious awesome bald beautiful bemused bedecked big bittersweet blushing bold bouncy
  brawny bright burly bustling calm capable carefree capricious caring casual charming chill
  classy clean clumsy colorful crawling dapper debonair dashing defiant delicate delightful
  dazzling efficient enchanting entertaining enthused exultant fearless flawless fortunate fun
  funny gaudy gentle gifted glamorous grandiose gregarious handsome hilarious honorable
  illustrious incongruous indecisive industrious intelligent inquisitive intrigued invincible
  judicious kindly languid learned legendary likeable loud luminous luxuriant lyrical magnificent
  marvelous masked melodic merciful mercurial monumental mysterious nebulous nervous nimble nosy
  omniscient orderly overjoyed peaceful painted persistent placid polite popular powerful puzzled
  rambunctious rare rebellious respected resilient righteous receptive redolent resilient rogue
  rumbling salty sassy secretive selective sedate serious shivering skillful sincere skittish
  silent smiling sneaky sophisticated spiffy stately suave stylish tasteful thoughtful thundering
  traveling treasured trusting unequaled upset unique unleashed useful upbeat unruly valuable
  vaunted victorious welcoming whimsical wistful wise worried youthful zealous`
  .trim()
  .split(/\s+/);

const nouns = `
  ant ape asp auk bass bat bear bee bird boar bug calf carp cat chimp cod colt conch cow crab
  crane croc crow cub deer doe dog dolphin donkey dove duck eel elk fawn finch fish flea fly foal
  fowl fox frog gnat gnu goat goose grouse grub gull hare hawk hen hog horse hound jay kit kite
  koi lamb lark loon lynx mare midge mink mole moose moth mouse mule newt owl ox panda penguin
  perch pig pug quail ram rat ray robin roo rook seal shad shark sheep shoat shrew shrike shrimp
  skink skunk sloth slug smelt snail snake snipe sow sponge squid squirrel stag steed stoat stork
  swan tern toad trout turtle vole wasp whale wolf worm wren yak zebra`
  .trim()
  .split(/\s+/);
